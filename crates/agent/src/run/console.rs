//! Sign-ins at the console, of roles that are active.

use super::Agent;
use super::hand_outs::{Errand, gone};
use crate::connection::ConnectionId;
use crate::console::{self, Wanted};
use hatrack_core::chain::{Chain, Ending, Origin};
use hatrack_core::console::{Kind, Page, Site, destination, shortcut};
use hatrack_core::failure::Failure;
use hatrack_core::name::SessionId;
use hatrack_core::partition::Partition;
use hatrack_wire::{Answer, Console, ConsolePage, OpenConsole, Sealed};

impl Agent {
    /// The portal's own link, where there is one for the role: no credentials are needed for it, and
    /// the browser's sign-in at the portal decides.
    pub(super) fn portal_link(
        &self,
        errand: &Errand,
        wanted: &OpenConsole,
    ) -> Option<Result<Answer, Failure>> {
        if wanted.session_seconds.is_some() || !wanted.by_portal {
            return None;
        }
        let (organisation, account_id, role_name) = errand.role.id.identity_center()?;
        let page = match wanted.page {
            ConsolePage::Home if wanted.role.region.is_none() => None,
            _ => Some(self.page(errand, wanted, None).map(|(_, _, page)| page)),
        };
        Some(page.transpose().map(|page| {
            let link = shortcut(organisation, account_id, role_name, page.as_deref());
            console_answer(errand.role.name.clone(), Sealed::new(link))
        }))
    }

    /// Refuses what can't be before a role is activated for it, or a person asked.
    pub(super) fn check_console(&self, errand: &Errand, wanted: &OpenConsole) -> Result<(), Failure> {
        self.page(errand, wanted, None)?;
        let chain = self.files_of(errand.connection)?.chain(&errand.role.id).and_then(Result::ok);
        let kind = chain.as_ref().map_or(Kind::Role, kind_of);
        hatrack_core::console::session_seconds(kind, wanted.session_seconds).map(drop)
    }

    /// Makes a sign-in with a session's credentials.
    pub(super) fn console(
        &mut self,
        errand: &Errand,
        session: SessionId,
        wanted: &OpenConsole,
    ) -> Result<(), Failure> {
        let (credentials, view) = self.credentials_of(session).ok_or_else(gone)?;
        let chain =
            self.state.wishes().find(|(id, _)| *id == session).and_then(|(_, wish)| wish.chain.clone());
        let (site, region, destination) = self.page(errand, wanted, view.arn.as_deref())?;
        let kind = chain.as_ref().map_or(Kind::Role, kind_of);
        let world = self.faces.get(&errand.connection).ok_or_else(gone)?.world.clone()?;
        let world = self.world(world).ok_or_else(gone)?.world.clone();
        let wanted_link = Wanted { site, region, kind, seconds: wanted.session_seconds, destination };
        self.note(errand, 1, false);
        let (connection, id, role) = (errand.connection, errand.id, errand.role.name.clone());
        let (printed, outcomes) = (wanted.link, self.outcomes.clone());
        tokio::spawn(async move {
            let result = console::link(&world, &credentials, &wanted_link).await;
            let outcome = match result {
                Ok(link) if !printed => super::Outcome::ConsoleLink { connection, id, role, link },
                result => super::Outcome::Answered {
                    connection,
                    id,
                    result: result.map(|link| console_answer(role, link)),
                },
            };
            // The loop may have ended meanwhile.
            outcomes.send(outcome).ok();
        });
        Ok(())
    }

    /// A link that a browser is to be started with: it leads on once, and shows nothing to who sees the
    /// browser's command line.
    pub(super) fn console_link(&mut self, connection: ConnectionId, id: u64, role: String, link: Sealed) {
        let led = self
            .endpoint()
            .and_then(|endpoint| endpoint.lead_to(link).map_err(|error| super::serving::closed(&error)));
        self.answer(connection, id, led.map(|url| console_answer(role, url)));
    }

    /// The console, the region and the page that are wanted.
    fn page(
        &self,
        errand: &Errand,
        wanted: &OpenConsole,
        arn: Option<&str>,
    ) -> Result<(Site, String, String), Failure> {
        let role = &errand.role;
        let files = self.files_of(errand.connection)?;
        let asked = wanted.role.region.clone().or_else(|| role.region.clone());
        let of_portal = || {
            let (organisation, ..) = role.id.identity_center()?;
            Some(files.portal_of(organisation, |_| true)?.region.clone())
        };
        let chain = files.chain(&role.id).and_then(Result::ok);
        let of_chain = || chain.as_ref()?.hops.last().map(|hop| hop.role_arn.as_str().to_owned());
        let partition = arn
            .and_then(Partition::of_arn)
            .or_else(|| of_chain().as_deref().and_then(Partition::of_arn))
            .or_else(|| asked.as_deref().and_then(Partition::of_region))
            .or_else(|| of_portal().and_then(|region| Partition::of_region(&region)));
        let site = Site::of(partition.map_or("aws", |partition| partition.id.as_str()))?;
        let page = match &wanted.page {
            ConsolePage::Home => Page::Home,
            ConsolePage::Service(name) => Page::Service(name),
            ConsolePage::Url(url) => Page::Url(url),
            ConsolePage::Arn(arn) => Page::Arn(arn),
        };
        let destination = destination(&site, page, asked.as_deref(), &role.account_id)?;
        let region = asked.unwrap_or_else(|| site.region.to_owned());
        Ok((site, region, destination))
    }
}

fn console_answer(role: String, url: Sealed) -> Answer {
    Answer::Console(Box::new(Console { url, role, browser: Vec::new(), hint: None }))
}

/// How a chain's credentials come to be, as far as the console minds.
fn kind_of(chain: &Chain) -> Kind {
    match (&chain.ending, chain.hops.len()) {
        (Ending::SessionToken { .. } | Ending::Root { .. }, _) => Kind::UserSession,
        (Ending::FederationToken { .. }, _) => Kind::Federation,
        (Ending::AsItIs, 0) => match chain.origin {
            Origin::IdentityCenter { .. } | Origin::WebIdentity { .. } | Origin::Saml { .. } => Kind::Role,
            // Nothing is known of where they come from: the console says what it makes of them.
            Origin::StaticKeys { .. }
            | Origin::Process { .. }
            | Origin::Vault { .. }
            | Origin::Login { .. }
            | Origin::Environment
            | Origin::Ec2InstanceMetadata
            | Origin::EcsContainer => Kind::Chained,
        },
        (Ending::AsItIs, 1) if chain.origin.is_user() => Kind::Role,
        (Ending::AsItIs, _) => Kind::Chained,
    }
}
