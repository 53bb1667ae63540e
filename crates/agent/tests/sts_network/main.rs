//! What the agent does over the network, against servers on loopback that play what networks,
//! proxies and AWS do.
//!
//! What can come back in place of an answer, and where its words are tried:
//!
//! | what comes back | tried in |
//! |---|---|
//! | 400, 403, 429, 500, 503, reset, half an answer, a byte a second, 10 MB, a page, a redirect, a bad certificate; each for every operation | [`crossed`] |
//! | the same once, then an answer; silence; a code in between | [`resending`] |
//! | wrong, reused or missing code; wrong device; MFA wanted by a policy | [`refusals`], [`sandbox`] |
//! | a trust policy that names others, or wants an ExternalId; no such role | [`refusals`], [`operations`], [`sandbox`] |
//! | TagSession or SetSourceIdentity not allowed | [`operations`] |
//! | a kind of policy that forbids, or doesn't allow, named in the message | [`refusals::policies`] |
//! | a duration over the role's limit or the chain's | [`refusals`], [`sandbox`] |
//! | expired, deactivated, unknown keys; a wrong secret | [`refusals`], [`operations`], [`sandbox`] |
//! | a region that is turned off; a malformed policy | [`refusals`] |
//! | policies or tags too large, with how full | [`operations`] |
//! | a clock that is off: told, corrected, remembered | [`refusals`], [`sandbox`] |
//! | a provider's token or an assertion, rejected or too old; a provider out of reach | [`operations`] |
//! | root sessions, outbound tokens and trade-in tokens refused | [`refusals::sessions`] |
//! | every error of STS's service model | [`refusals::modelled`] |
//! | an encoded message, decoded where that is allowed | [`operations`] |
//! | no address; a captive portal's page or redirect | [`operations`] |
//! | nobody there; a proxy that says no; an unknown CA, another name, a time that is over or to come | [`reach`] |

#[cfg(test)]
mod crossed;
#[cfg(test)]
mod elsewhere;
#[cfg(test)]
mod iam;
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
