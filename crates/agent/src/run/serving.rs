//! Container endpoints: opened for a connection, filled with what its role's session has, ended with
//! the connection.

use super::Agent;
use super::hand_outs::Errand;
use crate::connection::ConnectionId;
use hatrack_core::failure::Failure;
use hatrack_core::name::SessionId;

impl Agent {
    pub(super) fn serve(&mut self, errand: Errand, session: SessionId) -> Result<(), Failure> {
        let _ = (errand, session);
        Ok(())
    }

    pub(super) fn end_serving(&mut self, connection: ConnectionId) {
        let _ = connection;
    }
}
