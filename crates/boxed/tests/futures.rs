//! What the attribute makes of functions, seen by who calls them.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

struct Store(Vec<u32>);

/// A place in a store.
struct Place<'s> {
    store: &'s Store,
    at: usize,
}

type Told<'f> = Pin<Box<dyn Future<Output = Option<u32>> + Send + 'f>>;

#[boxed::futures]
impl Store {
    /// A constant stays.
    pub const FIRST: usize = 0;

    /// Borrows two things and a function whose argument lives as it likes.
    pub async fn told(&self, place: &Place<'_>, of: &(dyn Fn(&u32) -> u32 + Sync)) -> Option<u32> {
        let own = self.0.len();
        std::future::ready(()).await;
        place.store.0.get(place.at).filter(|_| own > 0).map(of)
    }

    /// Gives back what it borrowed.
    pub async fn first(&mut self, mut new: Vec<u32>) -> &mut u32 {
        new.append(&mut self.0);
        self.0 = new;
        &mut self.0[Self::FIRST]
    }

    pub async fn nothing(&self) {}

    pub async fn counted(&self, wanted: impl Fn(&u32) -> bool) -> usize {
        self.0.iter().filter(|number| wanted(number)).count()
    }

    pub async fn generic<T: From<u32>>(&self) -> Vec<T> {
        self.0.iter().map(|number| T::from(*number)).collect()
    }

    async fn own(&self) -> usize {
        self.0.len()
    }

    /// Not asynchronous.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}

#[test]
fn public_functions_are_boxed_and_do_what_they_did() {
    let mut store = Store(vec![3, 4]);
    let place = Place { store: &store, at: 1 };
    let double = |number: &u32| 2 * number;
    let told: Told<'_> = store.told(&place, &double);
    assert_eq!(now(told), Some(8));
    let done: Pin<Box<dyn Future<Output = ()> + Send + '_>> = store.nothing();
    now(done);
    *now(store.first(vec![9])) += 1;
    assert_eq!((store.0.as_slice(), store.len()), (&[10, 3, 4][..], 3));
}

#[test]
fn what_is_compiled_at_each_use_anyway_stays_as_it_is() {
    let store = Store(vec![3, 4]);
    assert_eq!(now(store.counted(|number| *number > 3)), 1);
    assert_eq!(now(store.generic::<u64>()), [3, 4]);
    assert_eq!(now(store.own()), 2);
}
