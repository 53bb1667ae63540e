//! What the agent does over the network, against servers on loopback that play what networks,
//! proxies and AWS do.

#[cfg(test)]
mod crossed;
#[cfg(test)]
mod elsewhere;
#[cfg(test)]
mod iam;
#[cfg(test)]
mod named;
#[cfg(test)]
mod operation;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod origins;
#[cfg(test)]
mod providers;
#[cfg(test)]
mod reach;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod resending;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod stage;
