//! Keys out of the shared files into the vault, and back.

use super::Keys;
use super::add::{check_serial, key_name};
use super::vaulted::unknown;
use crate::aws_dir::{AwsDir, PlainFound};
use hatrack_core::delivery::plain::PlainKey;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use zeroize::Zeroizing;

impl Keys {
    /// Takes a profile's plain key out of the shared files into the vault, or only shows what that
    /// would change. The key is in the vault before the file is touched, so that it is never in
    /// neither.
    pub async fn import(&self, profile: &str, really: bool) -> Result<String, Failure> {
        let name = key_name(profile)?;
        let looked_at = name.clone();
        let PlainFound { key, diff } = self.on_disk(move |dir| dir.find_plain_key(&looked_at)).await?;
        self.is_free_for(&name, &key.access_key_id)?;
        if really {
            let secret = Sealed::new(key.secret_access_key.as_str());
            let mfa_serial = self.files.profiles.get(profile).and_then(|profile| profile.get("mfa_serial"));
            let mfa_serial = mfa_serial.filter(|serial| check_serial(serial).is_ok());
            self.add(profile, key.access_key_id.clone(), secret, mfa_serial.map(str::to_owned)).await?;
            let name = name.clone();
            self.on_disk(move |dir| dir.take_out_plain_key(&name, &key)).await?;
        }
        Ok(format!(
            "{diff}# Other AWS tools find no keys in the profile {name} then; the way back is: hat key export {name}\n"
        ))
    }

    /// Writes a key back into the section of its name in the credentials file. The vault keeps it.
    pub async fn export(&self, name: &str) -> Result<(), Failure> {
        let vaulted = self.vaulted(name).await?.ok_or_else(|| unknown(name))?;
        let profile = key_name(name)?;
        let key = PlainKey {
            access_key_id: vaulted.credentials.access_key_id,
            secret_access_key: Zeroizing::new(vaulted.credentials.secret_access_key.open().to_owned()),
        };
        self.on_disk(move |dir| dir.put_back_plain_key(&profile, &key)).await
    }

    /// Works on the shared files, where that may block.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&AwsDir) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let dir = self.dir.clone();
        tokio::task::spawn_blocking(move || work(&dir)).await.unwrap_or_else(|_| {
            Err(Failure::new(
                FailureCode::File,
                "The work on the shared files ended early.",
                "Look at them, then try again.",
            ))
        })
    }
}
