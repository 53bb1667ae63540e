//! What opens and closes the sealed file, by the age format.

use age::x25519::Identity;
use age::{DecryptError, Decryptor, EncryptError, Encryptor};
use age_core::format::{FileKey, Stanza};
use age_core::secrecy::{ExposeSecret as _, SecretString};
use hatrack_wire::Sealed;
use std::cell::RefCell;
use std::collections::HashSet;
use std::io::{Read, Write};
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// The header's line that names the entry of the keyring.
const NAMING: &str = "hatrack-keyring";
const SCRYPT: &str = "scrypt";

/// 2 to this power is the work of one guess at a passphrase: a third of a second and 128 MiB.
const WORK: u8 = 17;

/// More than this is not done for a file that asks for it: a gigabyte.
const MOST_WORK: u8 = 20;

/// The name of an entry in the keyring: 16 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyId(String);

impl KeyId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 16 && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }
}

/// What a sealed file says about its own key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lid {
    /// The key lies in the keyring.
    Keyring(KeyId),
    /// The key is made of a passphrase.
    Passphrase,
}

/// Why a file can't be opened.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unopened {
    /// It is whole, as far as can be told, and its key is another.
    OtherKey,
    /// It isn't whole, or not of this kind.
    Damaged(String),
}

impl Lid {
    /// Reads the header of a sealed file.
    pub(crate) fn of(sealed: &[u8]) -> Result<Self, Unopened> {
        let look = Look::default();
        let opened = Decryptor::new(sealed).and_then(|it| it.decrypt(std::iter::once(&look as _)).map(drop));
        if let Some(lid) = look.0.into_inner() {
            return Ok(lid);
        }
        Err(Unopened::Damaged(match opened {
            Ok(()) | Err(DecryptError::NoMatchingKeys) => "another program sealed it".to_owned(),
            Err(error) => why(&error),
        }))
    }
}

/// Looks at the header's lines and opens nothing.
#[derive(Default)]
struct Look(RefCell<Option<Lid>>);

impl age::Identity for Look {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        let lid = match (stanza.tag.as_str(), &stanza.args[..]) {
            (NAMING, [id]) => KeyId::parse(id).map(Lid::Keyring),
            (SCRYPT, _) => Some(Lid::Passphrase),
            _ => None,
        };
        if lid.is_some() {
            self.0.replace(lid);
        }
        None
    }
}

/// A key in memory; wiped when dropped.
pub(crate) enum Key {
    /// It lies in the keyring too.
    Keyring(KeyId, Identity),
    /// A person knows it.
    Passphrase(Passphrase),
}

impl Key {
    /// A new random key, with the name that it will have in the keyring.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let id = getrandom::u64()?;
        Ok(Self::Keyring(KeyId(format!("{id:016x}")), Identity::generate()))
    }

    /// The key that lies in the keyring; `None` if that text is none.
    pub(crate) fn from_keyring(id: KeyId, text: &Sealed) -> Option<Self> {
        Some(Self::Keyring(id, text.open().trim().parse().ok()?))
    }

    pub(crate) fn from_passphrase(passphrase: Sealed) -> Self {
        Self::Passphrase(Passphrase { passphrase, seen: Mutex::default() })
    }

    /// Whether this key is of the kind, and of the name, that a file asks for.
    pub(crate) fn fits(&self, lid: &Lid) -> bool {
        match (self, lid) {
            (Self::Keyring(id, _), Lid::Keyring(asked)) => id == asked,
            (Self::Passphrase(_), Lid::Passphrase) => true,
            (Self::Keyring(..), Lid::Passphrase) | (Self::Passphrase(_), Lid::Keyring(_)) => false,
        }
    }

    pub(crate) fn seal(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        let encryptor = match self {
            Self::Keyring(id, identity) => {
                let recipients: [&dyn age::Recipient; 2] = [&identity.to_public(), id];
                Encryptor::with_recipients(recipients.into_iter())
            }
            Self::Passphrase(passphrase) => Encryptor::with_recipients(std::iter::once(passphrase as _)),
        };
        let write = |encryptor: Encryptor| {
            let mut sealed = Vec::with_capacity(text.len() + 1024);
            let mut writer = encryptor.wrap_output(&mut sealed)?;
            writer.write_all(text)?;
            writer.finish()?;
            Ok::<_, std::io::Error>(sealed)
        };
        write(encryptor.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
    }

    pub(crate) fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopened> {
        let identity: &dyn age::Identity = match self {
            Self::Keyring(_, identity) => identity,
            Self::Passphrase(passphrase) => passphrase,
        };
        let decryptor = Decryptor::new(sealed).map_err(|error| Unopened::Damaged(why(&error)))?;
        let mut reader = decryptor.decrypt(std::iter::once(identity)).map_err(|error| match error {
            DecryptError::NoMatchingKeys
            | DecryptError::DecryptionFailed
            | DecryptError::KeyDecryptionFailed => Unopened::OtherKey,
            error => Unopened::Damaged(why(&error)),
        })?;
        // What is sealed is longer than what is in it, so the buffer never grows.
        let mut text = Zeroizing::new(Vec::with_capacity(sealed.len()));
        reader.read_to_end(&mut text).map_err(|_| Unopened::Damaged("it isn't whole".to_owned()))?;
        Ok(text)
    }
}

impl Key {
    /// The text that the keyring keeps; a passphrase's key has none.
    pub(crate) fn keyring_text(&self) -> Option<(&KeyId, Sealed)> {
        match self {
            Self::Keyring(id, identity) => Some((id, Sealed::new(identity.to_string().expose_secret()))),
            Self::Passphrase(_) => None,
        }
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Keyring(id, _) => f.debug_tuple("Keyring").field(id).finish_non_exhaustive(),
            Self::Passphrase(_) => f.debug_tuple("Passphrase").finish_non_exhaustive(),
        }
    }
}

/// Adds the line that names the keyring's entry; it opens nothing.
impl age::Recipient for KeyId {
    fn wrap_file_key(&self, _key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let naming = Stanza { tag: NAMING.to_owned(), args: vec![self.0.clone()], body: Vec::new() };
        Ok((vec![naming], HashSet::new()))
    }
}

/// A passphrase, and the key of the one file that was last opened or closed with it: making a key
/// of a passphrase is slow on purpose, and is done once for each file.
pub(crate) struct Passphrase {
    passphrase: Sealed,
    seen: Mutex<Option<(Stanza, FileKey)>>,
}

impl Passphrase {
    fn secret(&self) -> SecretString {
        SecretString::from(self.passphrase.open().to_owned())
    }

    fn remember(&self, stanza: &Stanza, key: &FileKey) {
        let stanza = Stanza { tag: stanza.tag.clone(), args: stanza.args.clone(), body: stanza.body.clone() };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((stanza, copy(key)));
    }
}

impl age::Recipient for Passphrase {
    fn wrap_file_key(&self, key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let mut recipient = age::scrypt::Recipient::new(self.secret());
        recipient.set_work_factor(WORK);
        let wrapped = recipient.wrap_file_key(key)?;
        if let [stanza] = &wrapped.0[..] {
            self.remember(stanza, key);
        }
        Ok(wrapped)
    }
}

impl age::Identity for Passphrase {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        if stanza.tag != SCRYPT {
            return None;
        }
        if let Some((seen, key)) = &*self.seen.lock().unwrap_or_else(PoisonError::into_inner)
            && seen == stanza
        {
            return Some(Ok(copy(key)));
        }
        let mut identity = age::scrypt::Identity::new(self.secret());
        identity.set_max_work_factor(MOST_WORK);
        let key = identity.unwrap_stanza(stanza)?;
        if let Ok(key) = &key {
            self.remember(stanza, key);
        }
        Some(key)
    }
}

fn copy(key: &FileKey) -> FileKey {
    FileKey::init_with_mut(|copy| copy.copy_from_slice(key.expose_secret()))
}

fn why(error: &DecryptError) -> String {
    match error {
        DecryptError::UnknownFormat => "it is no file of the age format that is known here".to_owned(),
        DecryptError::ExcessiveWork { .. } => "it asks for more work than any file of ours".to_owned(),
        _ => "it isn't whole".to_owned(),
    }
}
