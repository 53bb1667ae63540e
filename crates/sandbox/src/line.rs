//! Connections that can be told to misbehave: they carry out the faults that are below HTTP.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Sleep, sleep};

/// How a connection sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should.
    #[default]
    Plain,
    /// Not at all: it is reset instead.
    Reset,
    /// All but the last so many bytes of the next answer; then it is closed.
    AllBut(usize),
    /// Byte by byte, with a pause before each.
    Slow(Duration),
}

/// The say over how a connection sends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line(Arc<Mutex<Manner>>);

impl Line {
    /// Makes the connection send like this from now on.
    pub(crate) fn set(&self, manner: Manner) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }

    fn get(&self) -> Manner {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A listener on loopback whose connections can misbehave.
#[derive(Debug)]
pub(crate) struct LineListener(pub(crate) TcpListener);

impl Listener for LineListener {
    type Io = LineStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (LineStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (LineStream { stream, line: Line::default(), pause: None }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, LineListener>> for Line {
    fn connect_info(stream: IncomingStream<'_, LineListener>) -> Self {
        stream.io().line.clone()
    }
}

/// A connection that can misbehave.
#[derive(Debug)]
pub(crate) struct LineStream {
    stream: TcpStream,
    line: Line,
    pause: Option<Pin<Box<Sleep>>>,
}

impl LineStream {
    /// Makes the kernel send a reset when the connection is dropped, which follows the error.
    fn reset(&self) -> io::Error {
        self.stream.set_zero_linger().err().unwrap_or_else(|| io::ErrorKind::ConnectionReset.into())
    }
}

impl AsyncRead for LineStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

// `is_write_vectored` stays false: the HTTP library then hands over head and body in one buffer,
// which is what AllBut counts from.
impl AsyncWrite for LineStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.line.get() {
            Manner::Plain => Pin::new(&mut self.stream).poll_write(cx, buf),
            Manner::Reset => Poll::Ready(Err(self.reset())),
            Manner::AllBut(kept) if buf.len() > kept => {
                let sent = ready!(Pin::new(&mut self.stream).poll_write(cx, &buf[..buf.len() - kept]))?;
                Poll::Ready(Ok(sent))
            }
            // What is kept back never leaves. An orderly end, so that the client reads what was sent:
            // a reset may take it away again.
            Manner::AllBut(_) => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            Manner::Slow(pause) => {
                let sleeping = self.pause.get_or_insert_with(|| Box::pin(sleep(pause)));
                ready!(sleeping.as_mut().poll(cx));
                self.pause = None;
                Pin::new(&mut self.stream).poll_write(cx, &buf[..buf.len().min(1)])
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
