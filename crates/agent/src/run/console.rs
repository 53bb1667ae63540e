//! Sign-ins at the console.

use super::Agent;
use super::hand_outs::Errand;
use hatrack_core::failure::Failure;
use hatrack_core::name::SessionId;
use hatrack_wire::OpenConsole;

impl Agent {
    pub(super) fn console(
        &mut self,
        errand: &Errand,
        session: SessionId,
        wanted: &OpenConsole,
    ) -> Result<(), Failure> {
        let _ = (errand, session, wanted);
        Ok(())
    }
}
