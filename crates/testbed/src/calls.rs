//! Calls on a bus that block, for tests that are not async.

use crate::Bus;
use std::io::{Error, Result};
use zbus::zvariant::{DynamicType, Type};

const BUS: (&str, &str, &str) = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus");

/// A connection to a session bus whose calls block.
#[derive(Debug)]
pub struct Calls {
    runtime: tokio::runtime::Runtime,
    connection: zbus::Connection,
}

impl Calls {
    /// Connects to a bus.
    pub fn to(bus: &Bus) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let connection = runtime.block_on(bus.connect()).map_err(Error::other)?;
        Ok(Self { runtime, connection })
    }

    /// Calls a method; `to` is a name, a path and an interface.
    pub fn call<B, R>(&self, to: (&str, &str, &str), method: &str, body: &B) -> zbus::Result<R>
    where
        B: serde::Serialize + DynamicType,
        R: serde::de::DeserializeOwned + Type,
    {
        let (name, path, interface) = to;
        let calling = self.connection.call_method(Some(name), path, Some(interface), method, body);
        self.runtime.block_on(calling)?.body().deserialize()
    }

    /// Tells whether somebody owns a name.
    pub fn has_owner(&self, name: &str) -> bool {
        self.call(BUS, "NameHasOwner", &(name,)).unwrap_or(false)
    }

    /// Owns a name without serving anything: a call to it waits for ever. Tells whether it was
    /// free.
    pub fn take_name_and_say_nothing(&self, name: &str) -> bool {
        const DO_NOT_QUEUE: u32 = 4;
        const PRIMARY_OWNER: u32 = 1;
        self.call(BUS, "RequestName", &(name, DO_NOT_QUEUE)).is_ok_and(|reply: u32| reply == PRIMARY_OWNER)
    }
}
