//! Work on keys, the vault, MFA devices and tokens: longer than a turn of the loop, so done beside it.

use super::{Agent, Outcome};
use crate::connection::ConnectionId;
use crate::credentials::Credentials;
use crate::keys::{self, Keys};
use crate::sts::GetWebIdentityToken;
use hatrack_core::chain::Origin;
use hatrack_core::code_source::CodeSource;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::shown;
use hatrack_vault::totp::Seed;
use hatrack_vault::{Facts, Kind};
use hatrack_wire::{Answer, Device, KeptBy, KeyCommand, MfaCommand, TokenWanted, VaultCommand, VaultView};

impl Agent {
    /// What works on keys from where a connection stands.
    fn keys(&self, connection: ConnectionId) -> Result<Keys, Failure> {
        let files = self.files_of(connection)?;
        let world = self.faces.get(&connection).ok_or_else(nothing_active)?.world.clone()?;
        let known = self.world(world).ok_or_else(nothing_active)?;
        Ok(Keys {
            vault: self.vault.asking(),
            caller: self.caller.clone(),
            world: known.world.clone(),
            files,
            clock: self.clock.clone(),
            dir: self.disk.dir(&known.pair),
        })
    }

    pub(super) fn key(&mut self, connection: ConnectionId, id: u64, command: KeyCommand) {
        let keys = match self.keys(connection) {
            Ok(keys) => keys,
            Err(failure) => return self.answer(connection, id, Err(failure)),
        };
        let outcomes = self.outcomes.clone();
        let told = move |step: String| {
            // Who asked may be gone.
            outcomes.send(Outcome::Progress { connection, step }).ok();
        };
        self.later(connection, id, async move {
            match command {
                KeyCommand::List => keys.list().map(Answer::Keys),
                KeyCommand::Add { name, access_key_id, secret_access_key, mfa_serial } => {
                    keys.add(&name, access_key_id, secret_access_key, mfa_serial).await?;
                    keys.list().map(Answer::Keys)
                }
                KeyCommand::Import { profile, really } => {
                    keys.import(&profile, really).await.map(Answer::Diff)
                }
                KeyCommand::Export { name } => keys.export(&name).await.map(|()| Answer::Done),
                KeyCommand::Rotate { name } => {
                    keys.rotate(&name, told).await?;
                    keys.list().map(Answer::Keys)
                }
                KeyCommand::Remove { name } => {
                    keys.remove(&name).await?;
                    keys.list().map(Answer::Keys)
                }
            }
        });
    }

    pub(super) fn vault_command(&mut self, connection: ConnectionId, id: u64, command: VaultCommand) {
        let vault = self.vault.asking();
        self.later(connection, id, async move {
            match command {
                VaultCommand::Status => {}
                VaultCommand::Unlock { passphrase } => vault.unlock(passphrase).await?,
                VaultCommand::Lock => vault.lock(),
                VaultCommand::SealWithPassphrase { passphrase } => {
                    vault.seal_with_passphrase(passphrase).await?;
                }
                VaultCommand::SealWithKeyring => vault.seal_with_keyring().await?,
            }
            let status = vault.status()?;
            let kept_by = match status.kept_by {
                hatrack_vault::KeptBy::Nothing => KeptBy::Nothing,
                hatrack_vault::KeptBy::Keyring => KeptBy::Keyring,
                hatrack_vault::KeptBy::Passphrase => KeptBy::Passphrase,
            };
            Ok(Answer::Vault(VaultView { kept_by, open: status.open }))
        });
    }

    pub(super) fn mfa(&mut self, connection: ConnectionId, id: u64, command: MfaCommand) {
        let vault = self.vault.asking();
        let now = self.clock.now();
        match command {
            MfaCommand::Devices { role } => {
                let asked =
                    self.keys(connection).and_then(|keys| Ok((self.user_behind(&keys, &role)?, keys)));
                let (origin, keys) = match asked {
                    Ok(asked) => asked,
                    Err(failure) => return self.answer(connection, id, Err(failure)),
                };
                self.later(connection, id, async move {
                    let devices = keys.devices(&origin).await?;
                    let entries = vault.entries()?;
                    let devices = devices.into_iter().map(|(mfa_serial, enabled)| Device {
                        seed_in_vault: entries
                            .iter()
                            .any(|entry| entry.kind == Kind::TotpSeed && entry.name == mfa_serial),
                        mfa_serial,
                        enabled,
                    });
                    Ok(Answer::Devices(devices.collect()))
                });
            }
            MfaCommand::KeepSeed { mfa_serial, seed } => {
                if let Err(failure) = Seed::parse(&seed) {
                    return self.answer(connection, id, Err(failure));
                }
                let outcomes = self.outcomes.clone();
                tokio::spawn(async move {
                    let kept = async {
                        let seed = Seed::parse(&seed)?.base32().clone();
                        vault.put(Kind::TotpSeed, &mfa_serial, seed, Facts::new(), now).await
                    };
                    let result = kept.await;
                    // The loop may have ended meanwhile.
                    outcomes.send(Outcome::SeedKept { connection, id, mfa_serial, result }).ok();
                });
            }
            MfaCommand::ForgetSeed { mfa_serial } => {
                let mut settings = self.state.settings().clone();
                settings.code_sources.remove(&mfa_serial);
                self.state.set_settings(settings);
                self.later(connection, id, async move {
                    if vault.remove(Kind::TotpSeed, &mfa_serial).await? {
                        return Ok(Answer::Done);
                    }
                    Err(Failure::new(
                        FailureCode::NotFound,
                        format!("The vault has no seed of {}.", shown(&mfa_serial)),
                        "See hat mfa devices for those that there are.",
                    ))
                });
            }
        }
    }

    /// Codes of a device come from the vault once its seed is there, and not before.
    pub(super) fn seed_kept(
        &mut self,
        connection: ConnectionId,
        id: u64,
        mfa_serial: String,
        result: Result<(), Failure>,
    ) {
        if result.is_ok() {
            let mut settings = self.state.settings().clone();
            settings.code_sources.insert(mfa_serial, CodeSource::Vault);
            self.state.set_settings(settings);
        }
        self.answer(connection, id, result.map(|()| Answer::Done));
    }

    /// Where the long-term keys behind a role, a profile or a key of the vault come from.
    fn user_behind(&self, keys: &Keys, text: &str) -> Result<Origin, Failure> {
        let profile = match keys.files.role(text) {
            Ok(role) => role.id.profile().unwrap_or(text).to_owned(),
            Err(_) => text.to_owned(),
        };
        let chain = hatrack_core::chain::resolve(&keys.files.profiles, &profile)?;
        if chain.origin.is_user() {
            return Ok(chain.origin);
        }
        Err(Failure::new(
            FailureCode::Refused,
            format!("No IAM user's key stands behind {}.", shown(text)),
            "Name a profile or a key whose user has the device.",
        ))
    }

    pub(super) fn key_owner(&mut self, connection: ConnectionId, id: u64, role: &str, access_key_id: String) {
        let found = self.active(connection, role);
        let ((credentials, endpoint), keys) = match found.and_then(|it| Ok((it, self.keys(connection)?))) {
            Ok(found) => found,
            Err(failure) => return self.answer(connection, id, Err(failure)),
        };
        let names: std::collections::BTreeMap<_, _> = keys
            .files
            .catalogue
            .fields()
            .map(|role| (role.account_id.to_owned(), role.account_name.to_owned()))
            .collect();
        self.later(connection, id, async move {
            let account_id =
                keys.caller.get_access_key_info(&keys.world, &endpoint, &credentials, &access_key_id).await?;
            let account_name = names.get(&account_id).cloned().unwrap_or_default();
            Ok(Answer::KeyOwner { account_id, account_name })
        });
    }

    pub(super) fn token(&mut self, connection: ConnectionId, id: u64, role: &str, wanted: TokenWanted) {
        let found = self.active(connection, role);
        let ((credentials, endpoint), keys) = match found.and_then(|it| Ok((it, self.keys(connection)?))) {
            Ok(found) => found,
            Err(failure) => return self.answer(connection, id, Err(failure)),
        };
        self.later(connection, id, async move {
            let Keys { caller, world, .. } = keys;
            match wanted {
                TokenWanted::WebIdentity { audience, signing_algorithm, duration_seconds, tags } => {
                    let call = GetWebIdentityToken { audience, signing_algorithm, duration_seconds, tags };
                    let given = caller.get_web_identity_token(&world, &endpoint, &credentials, &call).await?;
                    Ok(Answer::Token { token: given.token, expiration: given.expiration })
                }
                TokenWanted::Delegated { trade_in_token } => {
                    let given = caller
                        .get_delegated_access_token(&world, &endpoint, &credentials, &trade_in_token)
                        .await?;
                    keys::as_process_answer(&given.credentials)
                }
            }
        });
    }

    /// The credentials of a role that is active, or of any if none is named, and how STS is reached
    /// with them.
    fn active(
        &self,
        connection: ConnectionId,
        text: &str,
    ) -> Result<(Credentials, crate::world::ProfileEndpoint), Failure> {
        let files = self.files_of(connection)?;
        let wanted = if text.is_empty() { None } else { Some(files.role(text)?.id) };
        let snapshot = self.state.snapshot();
        let file = self.credentials_file_of(connection)?;
        let session = snapshot.sessions.iter().find(|session| {
            session.state.is_delivered()
                && session.credentials_file == file
                && wanted.as_ref().is_none_or(|id| session.role_id == *id)
        });
        let session = session.ok_or_else(nothing_active)?;
        let (credentials, _) = self.credentials_of(session.id).ok_or_else(nothing_active)?;
        Ok((credentials, files.endpoint_of(&session.role_id, session.region.as_deref())))
    }
}

fn nothing_active() -> Failure {
    Failure::new(
        FailureCode::NotFound,
        "This needs the credentials of a role that is active, and there is none.",
        "Activate one first: hat use.",
    )
}
