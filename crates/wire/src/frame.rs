//! One message on the wire: its length as four bytes, little-endian, then JSON.
//!
//! Buffers are wiped when they are dropped or outgrown, as a message may carry a key or a code.
//! For the same reason no error tells any of a message's text.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{ErrorKind, Read, Write};
use zeroize::Zeroizing;

/// The longest message from the agent, in bytes.
pub const LIMIT_FROM_AGENT: usize = 64 << 20;

/// The longest message to the agent, in bytes.
pub const LIMIT_TO_AGENT: usize = 1 << 20;

/// The bytes before each message.
pub const HEADER: usize = 4;

/// Why a message can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The other end closed between two messages.
    #[error("the other end closed the connection")]
    Closed,
    /// The other end closed within a message.
    #[error("the connection ended within a message")]
    Truncated,
    /// Nothing whole came in time; what came is kept for the next try.
    #[error("no message came in time")]
    TimedOut,
    /// A message is longer than may be.
    #[error("a message of {length} bytes is longer than the {limit} that are allowed")]
    TooLong {
        /// Its length.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// A message isn't one of ours.
    #[error("a message makes no sense at byte {at}")]
    Malformed {
        /// Where reading it ended, counted from 1.
        at: usize,
    },
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Io(std::io::Error),
}

/// Encodes a message with its length in front of it.
pub fn encode<T: Serialize>(message: &T, limit: usize) -> Result<Zeroizing<Vec<u8>>, FrameError> {
    let mut buffer = WipedBuffer(Zeroizing::new(Vec::with_capacity(512)));
    buffer.append(&[0; HEADER]);
    serde_json::to_writer(&mut buffer, message)
        .map_err(|error| FrameError::Malformed { at: error.column() })?;
    let length = buffer.0.len() - HEADER;
    match u32::try_from(length) {
        Ok(prefix) if length <= limit => buffer.0[..HEADER].copy_from_slice(&prefix.to_le_bytes()),
        Ok(_) | Err(_) => return Err(FrameError::TooLong { length, limit }),
    }
    Ok(buffer.0)
}

/// Reads the length of the message that follows these bytes.
pub fn length(header: [u8; HEADER], limit: usize) -> Result<usize, FrameError> {
    let length = u32::from_le_bytes(header) as usize;
    if length <= limit { Ok(length) } else { Err(FrameError::TooLong { length, limit }) }
}

/// Decodes a message, without its length.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, FrameError> {
    serde_json::from_slice(body).map_err(|error| FrameError::Malformed { at: error.column() })
}

/// Encodes and writes one message.
pub fn write<T: Serialize>(mut to: impl Write, message: &T, limit: usize) -> Result<(), FrameError> {
    let bytes = encode(message, limit)?;
    to.write_all(&bytes).and_then(|()| to.flush()).map_err(FrameError::Io)
}

/// Reads messages one after another; a message that a time limit cut is read on the next time.
#[derive(Debug)]
pub struct Reader {
    limit: usize,
    header: [u8; HEADER],
    body: Option<Body>,
    filled: usize,
}

impl Reader {
    /// A reader of messages of at most so many bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, header: [0; HEADER], body: None, filled: 0 }
    }

    /// Reads and decodes the next message.
    pub fn next<T: DeserializeOwned>(&mut self, mut from: impl Read) -> Result<T, FrameError> {
        if self.body.is_none() {
            fill(&mut from, &mut self.header, &mut self.filled).map_err(|error| match error {
                FrameError::Truncated if self.filled == 0 => FrameError::Closed,
                other => other,
            })?;
            self.body = Some(Body(Zeroizing::new(vec![0; length(self.header, self.limit)?])));
            self.filled = 0;
        }
        if let Some(body) = &mut self.body {
            fill(&mut from, &mut body.0, &mut self.filled)?;
        }
        self.filled = 0;
        decode(self.body.take().as_ref().map_or(&[], |body| &body.0))
    }
}

/// A message under way; its Debug is blank.
struct Body(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}

fn fill(from: &mut impl Read, buffer: &mut [u8], filled: &mut usize) -> Result<(), FrameError> {
    while *filled < buffer.len() {
        match from.read(&mut buffer[*filled..]) {
            Ok(0) => return Err(FrameError::Truncated),
            Ok(count) => *filled += count,
            Err(error) => match error.kind() {
                ErrorKind::Interrupted => {}
                ErrorKind::WouldBlock | ErrorKind::TimedOut => return Err(FrameError::TimedOut),
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => return Err(FrameError::Truncated),
                _ => return Err(FrameError::Io(error)),
            },
        }
    }
    Ok(())
}

/// A vector that wipes the memory that it outgrows.
struct WipedBuffer(Zeroizing<Vec<u8>>);

impl WipedBuffer {
    fn append(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(self.0.capacity() * 2)));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }
}

impl Write for WipedBuffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.append(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, Hello, PROTOCOL, Request, Sealed};
    use hatrack_core::name::PromptId;

    /// Gives its bytes one at a time, with a time-out before each.
    struct Dripping<'a>(&'a [u8], bool);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.1 = !self.1;
            if self.1 { Err(ErrorKind::WouldBlock.into()) } else { self.0.read(&mut buffer[..1]) }
        }
    }

    #[test]
    fn a_message_comes_back_as_it_was() {
        let command = Command::AnswerPrompt { prompt: PromptId(3), code: Sealed::new("123 456") };
        let bytes = encode(&Request { id: 7, command }, LIMIT_TO_AGENT).unwrap();
        let request: Request = Reader::new(LIMIT_TO_AGENT).next(&bytes[..]).unwrap();
        assert_eq!(request.id, 7);
        assert!(matches!(request.command, Command::AnswerPrompt { code, .. } if code.open() == "123 456"));
    }

    #[test]
    fn an_environment_comes_back_as_it_was() {
        let variables = [("AWS_PROFILE".into(), "dév".into())];
        let environment = crate::Environment::of_caller(variables, std::path::Path::new("/w"));
        let hello = Hello { protocol: PROTOCOL, version: "1".to_owned(), environment };
        let read: Hello =
            Reader::new(LIMIT_TO_AGENT).next(&encode(&hello, LIMIT_TO_AGENT).unwrap()[..]).unwrap();
        assert_eq!(read.environment.get("AWS_PROFILE"), Some("dév"));
    }

    #[test]
    fn a_time_out_within_a_message_loses_nothing() {
        let bytes = encode(&"as it was", 100).unwrap();
        let (mut reader, mut from) = (Reader::new(100), Dripping(&bytes, false));
        let read: String = loop {
            match reader.next(&mut from) {
                Err(FrameError::TimedOut) => {}
                other => break other.unwrap(),
            }
        };
        assert_eq!(read, "as it was");
    }

    #[test]
    fn an_end_is_told_from_a_cut() {
        let bytes = encode(&"text", 100).unwrap();
        let read = |bytes: &[u8]| Reader::new(100).next::<String>(bytes);
        assert!(matches!(read(&[]), Err(FrameError::Closed)));
        for cut in 1..bytes.len() {
            assert!(matches!(read(&bytes[..cut]), Err(FrameError::Truncated)), "cut at {cut}");
        }
    }

    #[test]
    fn a_long_message_is_refused_unread_and_unsent() {
        assert!(matches!(encode(&"12345678", 9), Err(FrameError::TooLong { length: 10, limit: 9 })));
        let error = Reader::new(LIMIT_TO_AGENT).next::<String>(&[0xff; 8][..]).unwrap_err();
        assert!(matches!(error, FrameError::TooLong { length: 0xffff_ffff, .. }));
    }

    #[test]
    fn garbage_is_refused_without_showing_it() {
        let mut seed = 1_u32;
        for length in 0..200_u32 {
            let mut bytes = length.to_le_bytes().to_vec();
            for _ in 0..length {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                bytes.push(seed.to_le_bytes()[3]);
            }
            let error = Reader::new(1000).next::<Request>(&bytes[..]).unwrap_err();
            assert!(matches!(error, FrameError::Malformed { .. }));
        }
        let secret = encode(&"wJalrXUtnFEMI", 100).unwrap();
        let error = Reader::new(100).next::<u32>(&secret[..]).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("wJalr"));
    }

    #[test]
    fn a_growing_message_stays_whole() {
        let long = "ü".repeat(100_000);
        let bytes = encode(&long, LIMIT_TO_AGENT).unwrap();
        assert_eq!(Reader::new(LIMIT_TO_AGENT).next::<String>(&bytes[..]).unwrap(), long);
    }
}
