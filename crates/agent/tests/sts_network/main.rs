//! What the agent does over the network, against servers on loopback that play what networks,
//! proxies and AWS do.

mod stage;

mod origins;
mod providers;
mod reach;
mod refusals;
mod resending;
