use super::*;

/// Whom the pace is kept for: so many requests a second, and so many at once after a rest.
struct Bucket {
    rate: f64,
    burst: f64,
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    fn new(rate: f64, burst: f64) -> Self {
        Self { rate, burst, tokens: burst, filled: Instant::now() }
    }

    fn takes(&mut self) -> bool {
        let now = Instant::now();
        let gained = now.duration_since(self.filled).as_secs_f64() * self.rate;
        self.tokens = (self.tokens + gained).min(self.burst);
        self.filled = now;
        let takes = self.tokens >= 1.0;
        if takes {
            self.tokens -= 1.0;
        }
        takes
    }
}

/// Brings so many requests through, eight at once, 80 ms each; how long it took, and how many
/// were refused.
async fn bring(requests: usize, bucket: Bucket) -> (Duration, usize) {
    let (pace, begin) = (Pace::default(), Instant::now());
    let bucket = Arc::new(Mutex::new(bucket));
    let left = Arc::new(Mutex::new((requests, 0)));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (pace, bucket, left) = (pace.clone(), Arc::clone(&bucket), Arc::clone(&left));
        workers.spawn(async move {
            loop {
                if left.lock().unwrap().0 == 0 {
                    return;
                }
                left.lock().unwrap().0 -= 1;
                loop {
                    let turn = pace.turn().await;
                    tokio::time::sleep(Duration::from_millis(40)).await;
                    let takes = bucket.lock().unwrap().takes();
                    tokio::time::sleep(Duration::from_millis(40)).await;
                    if takes {
                        pace.accepted();
                        break;
                    }
                    left.lock().unwrap().1 += 1;
                    pace.refused(turn, None);
                }
            }
        });
    }
    workers.join_all().await;
    let refused = left.lock().unwrap().1;
    (begin.elapsed(), refused)
}

#[tokio::test(start_paused = true)]
async fn a_thousand_accounts_take_what_the_portal_allows() {
    for burst in [10.0, 20.0, 40.0] {
        let (took, refused) = bring(1010, Bucket::new(20.0, burst)).await;
        let least = (1010.0 - burst) / 20.0;
        assert!(took.as_secs_f64() <= 1.05 * least, "{took:?} for {least} s (burst {burst})");
        assert!(refused <= 10, "{refused} refused (burst {burst})");
    }
}

#[tokio::test(start_paused = true)]
async fn a_portal_that_allows_less_is_asked_less() {
    for rate in [2.0, 5.0, 10.0] {
        let (took, refused) = bring(400, Bucket::new(rate, rate)).await;
        let least = 400.0 / rate;
        assert!(took.as_secs_f64() <= 1.5 * least, "{took:?} for {least} s (rate {rate})");
        assert!(refused <= 80, "{refused} refused (rate {rate})");
    }
}

#[tokio::test(start_paused = true)]
async fn a_person_goes_before_all_others_who_then_wait_the_longer() {
    let (pace, begin) = (Pace::default(), Instant::now());
    for _ in 0..20 {
        pace.turn_at_once();
    }
    assert_eq!(begin.elapsed(), Duration::ZERO);
    pace.turn().await;
    let waited = begin.elapsed().as_secs_f64();
    assert!((0.55..0.75).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn refusals_of_requests_under_way_together_count_once() {
    let pace = Pace::default();
    let turns = [pace.turn().await, pace.turn().await, pace.turn().await];
    tokio::time::sleep(Duration::from_millis(80)).await;
    for turn in turns {
        pace.refused(turn, None);
    }
    assert!((pace.rate() - FULL * SLOWED).abs() < 0.01, "{}", pace.rate());
    for _ in 0..1000 {
        pace.accepted();
    }
    assert!((pace.rate() - FULL).abs() < 0.01, "never more than what is documented");
}

#[tokio::test(start_paused = true)]
async fn everybody_waits_as_long_as_the_portal_asks() {
    let (paces, begin) = (Paces::default(), Instant::now());
    let turn = paces.of("a").turn().await;
    paces.of("a").refused(turn, Some(Duration::from_secs(7)));
    paces.of("b").turn().await;
    assert!(begin.elapsed() < Duration::from_millis(10), "another portal has its own pace");
    paces.of("a").turn().await;
    assert!(begin.elapsed() >= Duration::from_secs(7), "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_had_a_turn_already_waits_too_when_another_is_refused() {
    let (pace, begin) = (Pace::default(), Instant::now());
    let first = pace.turn().await;
    for _ in 0..10 {
        pace.turn_at_once();
    }
    let waiting = tokio::spawn({
        let pace = pace.clone();
        async move { pace.turn().await }
    });
    tokio::task::yield_now().await;
    pace.refused(first, Some(Duration::from_secs(3)));
    waiting.await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(3), "{:?}", begin.elapsed());
}
