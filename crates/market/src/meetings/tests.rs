use super::*;
use proptest::prelude::*;

fn party(free: u64, most: u32) -> Party {
    Party { free, most, languages: Vec::new(), weight: 1.0, no_show: 0.0 }
}

fn request(host: u32, guest: u32, score: f64) -> Request {
    Request { host, guest, score, mutual: false }
}

/// Nobody is in two places, nothing is over its limit, value and bound are what they say.
fn check(event: &Event, timetable: &Timetable) {
    let mut busy = std::collections::HashSet::new();
    let mut requests = std::collections::HashSet::new();
    let mut interpreted = vec![0; event.slots as usize];
    let mut count = std::collections::HashMap::new();
    let mut value = 0;
    for meeting in &timetable.meetings {
        let request = &event.requests[meeting.request as usize];
        assert!(meeting.slot < event.slots && meeting.table < event.tables);
        assert!(requests.insert(meeting.request), "{meeting:?} twice");
        assert!((event.common(request) >> meeting.slot) & 1 == 1, "{meeting:?}");
        let (host, guest) = ((0, request.host), (1, request.guest));
        for place in [host, guest, (2, meeting.table)] {
            assert!(busy.insert((place, meeting.slot)), "{meeting:?} {place:?}");
        }
        for party in [host, guest] {
            *count.entry(party).or_insert(0) += 1;
        }
        let (host, guest) = event.parties(request);
        interpreted[meeting.slot as usize] += u32::from(needs_interpreter(host, guest));
        value += event.value(request);
    }
    for ((side, place), count) in count {
        let parties = if side == 0 { &event.hosts } else { &event.guests };
        assert!(count <= parties[place as usize].most);
    }
    assert!(interpreted.iter().all(|&n| n <= event.interpreters));
    assert_eq!(value, timetable.value);
    assert!(timetable.value <= timetable.bound, "{} {}", timetable.value, timetable.bound);
}

/// The greatest value by trying every slot for every request.
fn brute(event: &Event, requests: &[Request], taken: &mut Vec<(u32, u32, u32)>) -> i64 {
    let Some((first, rest)) = requests.split_first() else { return 0 };
    let mut best = brute(event, rest, taken);
    let value = event.value(first);
    let met = |taken: &[(u32, u32, u32)], side: usize, who: u32| {
        taken.iter().filter(|t| [t.0, t.1][side] == who).count() as u32
    };
    if value == 0
        || met(taken, 0, first.host) >= event.hosts[first.host as usize].most
        || met(taken, 1, first.guest) >= event.guests[first.guest as usize].most
    {
        return best;
    }
    for slot in (0..event.slots).filter(|s| (event.common(first) >> s) & 1 == 1) {
        let here: Vec<_> = taken.iter().filter(|t| t.2 == slot).collect();
        if here.len() as u32 >= event.tables || here.iter().any(|t| t.0 == first.host || t.1 == first.guest) {
            continue;
        }
        taken.push((first.host, first.guest, slot));
        best = best.max(value + brute(event, rest, taken));
        taken.pop();
    }
    best
}

fn event(slots: u32, tables: u32, hosts: Vec<Party>, guests: Vec<Party>, requests: Vec<Request>) -> Event {
    Event { slots, tables, interpreters: 0, hosts, guests, requests }
}

#[test]
fn who_matters_and_who_may_not_come() {
    let mut event = event(
        1,
        1,
        vec![party(1, 9), party(1, 9), party(1, 9)],
        vec![party(1, 9)],
        vec![request(0, 0, 0.8), request(1, 0, 0.5), request(2, 0, 0.9)],
    );
    let first = |event: &Event| arrange(event, Effort::default()).meetings[0].request;
    assert_eq!(first(&event), 2);
    event.hosts[2].no_show = 0.5;
    assert_eq!(first(&event), 0);
    event.requests[1].mutual = true;
    assert_eq!(first(&event), 1);
    event.hosts[0].weight = 3.0;
    assert_eq!(first(&event), 0);
    (event.hosts[0].languages, event.guests[0].languages) = (vec!["zh".to_owned()], vec!["en".to_owned()]);
    assert_eq!(first(&event), 1);
    event.interpreters = 1;
    assert_eq!(first(&event), 0);
}

#[test]
fn nothing_to_do() {
    let empty = event(0, 0, vec![], vec![], vec![]);
    let timetable = arrange(&empty, Effort::default());
    assert_eq!((timetable.value, timetable.bound, timetable.gap()), (0, 0, 0.0));
    assert_eq!(timetable.fairness, Fairness { jain: 1.0, least: 1.0, without: 0 });
}

#[test]
fn fairness_of_an_uneven_event() {
    // One host for two guests in one slot: host 1, guests 1 and 0 of their wishes.
    let event =
        event(1, 2, vec![party(1, 1)], vec![party(1, 1); 2], vec![request(0, 0, 0.9), request(0, 1, 0.1)]);
    let fairness = arrange(&event, Effort::default()).fairness;
    assert_eq!((fairness.jain, fairness.least, fairness.without), (4.0 / 6.0, 0.0, 1));
}

#[test]
fn an_absence_changes_little() {
    // Everybody meets everybody, three by three in three slots.
    let requests = (0..3).flat_map(|h| (0..3).map(move |g| request(h, g, 0.5))).collect();
    let mut event = event(3, 3, vec![party(7, 3); 3], vec![party(7, 3); 3], requests);
    let old = arrange(&event, Effort::default());
    assert_eq!((old.meetings.len(), old.value), (9, old.bound));
    let absence = Absence { is_host: false, party: 1, from: 1, until: 3 };
    let trouble = Trouble { absences: vec![absence], ..Trouble::default() };
    let new = replan(&event, &old, 1, &trouble, 0);
    assert_eq!((new.lost.len(), new.won.len(), new.moved.len()), (2, 0, 0));
    let kept: Vec<Meeting> =
        old.meetings.iter().copied().filter(|m| !new.lost.contains(&m.request)).collect();
    assert_eq!(new.timetable.meetings, kept);
    // Who waited takes a seat that became free.
    event.guests.push(party(7, 1));
    event.requests.push(request(0, 3, 0.1));
    let new = replan(&event, &old, 1, &trouble, 0);
    assert_eq!((new.lost.len(), new.won.as_slice(), new.moved.len()), (2, &[9][..], 0));
    assert_eq!(new.timetable.meetings.len(), 8);
}

#[test]
fn a_table_falls_away() {
    // Two hosts with two guests each in four slots: one table suffices for what two were used for.
    let requests = vec![request(0, 0, 0.9), request(0, 1, 0.5), request(1, 0, 0.5), request(1, 1, 0.9)];
    let event = event(4, 2, vec![party(15, 4); 2], vec![party(15, 4); 2], requests);
    let old = arrange(&event, Effort::default());
    let trouble = Trouble { absences: Vec::new(), tables: vec![0, 0, 7] };
    let new = replan(&event, &old, 0, &trouble, 0);
    check(&event, &new.timetable);
    assert!(new.lost.is_empty() && new.won.is_empty());
    assert!(new.timetable.meetings.iter().all(|m| m.table == 1));
    // In the last slot the less valuable one of two has nowhere to go.
    let last = replan(&event, &old, 3, &trouble, 0);
    let there = |t: &Timetable| t.meetings.iter().filter(|m| m.slot == 3).count();
    assert_eq!(last.lost.len(), there(&old).saturating_sub(1));
    assert!(last.timetable.meetings.iter().all(|m| m.slot < 3 || m.table == 1));
}

fn parties(free: impl Strategy<Value = u64> + Clone) -> impl Strategy<Value = Vec<Party>> {
    prop::collection::vec((free, 1u32..5).prop_map(|(free, most)| party(free, most)), 4)
}

fn requests(most: usize) -> impl Strategy<Value = Vec<Request>> {
    let pairs = prop::collection::btree_map((0u32..4, 0u32..4), 0.05f64..1.0, 0..most);
    pairs.prop_map(|pairs| pairs.into_iter().map(|((h, g), score)| request(h, g, score)).collect())
}

proptest! {
    #[test]
    fn optimal_where_all_are_free(
        hosts in parties(Just(0b1111)), guests in parties(Just(0b1111)), requests in requests(17), tables in 0u32..5,
    ) {
        let event = event(4, tables, hosts, guests, requests);
        let timetable = arrange(&event, Effort { rounds: 0, seed: 1 });
        check(&event, &timetable);
        prop_assert_eq!(timetable.value, timetable.bound);
    }

    #[test]
    fn within_bounds_where_some_are_not(
        hosts in parties(0u64..8), guests in parties(0u64..8), requests in requests(8), tables in 0u32..4,
    ) {
        let event = event(3, tables, hosts, guests, requests);
        let effort = Effort { rounds: 40, seed: 1 };
        let timetable = arrange(&event, effort);
        check(&event, &timetable);
        let best = brute(&event, &event.requests, &mut Vec::new());
        // So small an event is tried to its end.
        prop_assert_eq!((timetable.value, timetable.bound), (best, best));
        prop_assert_eq!(&arrange(&event, effort), &timetable);
    }

    #[test]
    fn interpreters_suffice(
        spoken in prop::collection::vec(0usize..3, 8), requests in requests(17), interpreters in 0u32..3,
    ) {
        let speak = |party: &mut Party, language: usize| party.languages = vec![["zh", "en", "ja"][language].to_owned()];
        let mut event = event(3, 4, vec![party(7, 3); 4], vec![party(7, 3); 4], requests);
        event.interpreters = interpreters;
        event.hosts.iter_mut().zip(&spoken).for_each(|(p, &l)| speak(p, l));
        event.guests.iter_mut().zip(&spoken[4..]).for_each(|(p, &l)| speak(p, l));
        check(&event, &arrange(&event, Effort { rounds: 10, seed: 1 }));
    }

    #[test]
    fn a_replan_keeps_the_past(
        hosts in parties(0u64..16), guests in parties(0u64..16), requests in requests(17), now in 0u32..4,
        absent in prop::collection::vec((any::<bool>(), 0u32..4, 0u32..4), 0..3), dear in any::<bool>(),
        gone in prop::collection::vec(0u32..3, 0..3),
    ) {
        let event = event(4, 3, hosts, guests, requests);
        let old = arrange(&event, Effort { rounds: 4, seed: 1 });
        let absences: Vec<Absence> =
            absent.iter().map(|&(is_host, party, from)| Absence { is_host, party, from: from.max(now), until: 4 }).collect();
        let trouble = Trouble { absences: absences.clone(), tables: gone.clone() };
        let new = replan(&event, &old, now, &trouble, if dear { i64::MAX } else { 0 });
        check(&event, &new.timetable);
        prop_assert!(new.timetable.meetings.iter().all(|m| m.slot < now || !gone.contains(&m.table)));
        let past = |t: &Timetable| t.meetings.iter().filter(|m| m.slot < now).copied().collect::<Vec<_>>();
        prop_assert_eq!(past(&new.timetable), past(&old));
        if dear && gone.is_empty() {
            // Only who was absent meets at another time.
            let affected = |r: u32| {
                let request = &event.requests[r as usize];
                absences.iter().any(|a| a.party == if a.is_host { request.host } else { request.guest })
            };
            prop_assert!(new.moved.iter().all(|&r| affected(r)));
        }
        let kept = old.meetings.len() - new.lost.len();
        prop_assert_eq!(new.timetable.meetings.len(), kept + new.won.len());
    }
}
