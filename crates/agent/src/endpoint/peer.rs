//! Whose the other end of a connection on loopback is, as Linux tells it.

use std::fmt::Write as _;
use std::net::SocketAddr;

/// The user of the process at the other end; `None` where the table doesn't tell.
pub(super) fn user_of(peer: SocketAddr, own: SocketAddr) -> Option<u32> {
    let table = std::fs::read_to_string("/proc/net/tcp").ok()?;
    let (peer, own) = (in_table(peer)?, in_table(own)?);
    table.lines().skip(1).find_map(|line| {
        let mut columns = line.split_ascii_whitespace();
        let is_it = columns.nth(1)? == peer && columns.next()? == own;
        is_it.then(|| columns.nth(4)?.parse().ok()).flatten()
    })
}

/// An address as the table writes it: the bytes as a number of this machine, the port as one.
fn in_table(address: SocketAddr) -> Option<String> {
    let SocketAddr::V4(address) = address else { return None };
    let mut text = String::new();
    write!(text, "{:08X}:{:04X}", u32::from_ne_bytes(address.ip().octets()), address.port()).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn the_own_end_of_a_connection_is_this_users() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (peer, own) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
        assert_eq!(user_of(peer, own), Some(rustix::process::geteuid().as_raw()));
        drop((client, listener));
        assert_eq!(user_of("127.0.0.2:1".parse().unwrap(), own), None);
    }
}
