//! What processes that do nothing cost: memory, CPU time, wake-ups.

use crate::Outcome;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// What some processes cost over a while.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// The proportional set size of all of them, in bytes.
    pub(crate) pss: u64,
    /// Milliseconds of CPU time in each second.
    pub(crate) cpu: f64,
    /// How often they woke up in each second.
    pub(crate) wakeups: f64,
}

/// CPU time and wake-ups since a process began.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    nanoseconds: u64,
    wakeups: u64,
}

/// Watches several groups of processes over the same while.
pub(crate) fn watch<const N: usize>(groups: [&[u32]; N], over: Duration) -> Outcome<[Cost; N]> {
    let spent = |groups: [&[u32]; N]| -> Outcome<Vec<Spent>> { groups.into_iter().map(spent).collect() };
    let begin = Instant::now();
    let before = spent(groups)?;
    std::thread::sleep(over);
    let after = spent(groups)?;
    let seconds = begin.elapsed().as_secs_f64();
    let mut costs = [Cost::default(); N];
    for (((cost, group), before), after) in costs.iter_mut().zip(groups).zip(before).zip(after) {
        cost.pss = group.iter().map(|pid| pss(*pid)).sum::<Outcome<u64>>()?;
        cost.cpu = float(after.nanoseconds.saturating_sub(before.nanoseconds)) / 1e6 / seconds;
        cost.wakeups = float(after.wakeups.saturating_sub(before.wakeups)) / seconds;
    }
    Ok(costs)
}

/// A process and all that come from it.
pub(crate) fn tree(root: u32) -> Outcome<Vec<u32>> {
    let parents: Vec<(u32, u32)> = processes()?.filter_map(|pid| Some((pid, parent(pid)?))).collect();
    let mut tree = vec![root];
    let mut at = 0;
    while let Some(of) = tree.get(at).copied() {
        tree.extend(parents.iter().filter(|(_, parent)| *parent == of).map(|(pid, _)| *pid));
        at += 1;
    }
    Ok(tree)
}

/// The processes that run this program.
pub(crate) fn running(program: &Path) -> Outcome<Vec<u32>> {
    let is_it = |pid: &u32| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|path| path == program);
    Ok(processes()?.filter(is_it).collect())
}

fn processes() -> Outcome<impl Iterator<Item = u32>> {
    let entries = fs::read_dir("/proc")?;
    Ok(entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()))
}

fn parent(pid: u32) -> Option<u32> {
    field(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?, "PPid:")?.try_into().ok()
}

/// The proportional set size of a process, in bytes.
pub(crate) fn pss(pid: u32) -> Outcome<u64> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("{path}: {error}; the agent shows its memory to root alone"))?;
    let kibibytes = field(&text, "Pss:").ok_or_else(|| format!("{path} has no Pss"))?;
    Ok(kibibytes * 1024)
}

/// The CPU time that a process has taken since it began, in seconds.
pub(crate) fn cpu_seconds(pid: u32) -> Outcome<f64> {
    Ok(float(spent(&[pid])?.nanoseconds) / 1e9)
}

fn spent(pids: &[u32]) -> Outcome<Spent> {
    let mut sum = Spent::default();
    for pid in pids {
        for task in fs::read_dir(format!("/proc/{pid}/task"))? {
            let folder = task?.path();
            // A thread may have ended since.
            let Ok(status) = fs::read_to_string(folder.join("status")) else { continue };
            let Ok(times) = fs::read_to_string(folder.join("schedstat")) else { continue };
            sum.wakeups += field(&status, "voluntary_ctxt_switches:").unwrap_or(0);
            sum.nanoseconds +=
                times.split_ascii_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0);
        }
    }
    Ok(sum)
}

/// The number behind a name at a line's begin.
fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

#[expect(clippy::cast_precision_loss, reason = "differences over seconds are small")]
fn float(number: u64) -> f64 {
    number as f64
}
