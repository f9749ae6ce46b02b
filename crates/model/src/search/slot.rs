//! Where a person stands in the dense arrays.

/// A person's place in the dense arrays of an index and of its [`super::Standing`].
///
/// Slots are given out from 0 upwards, and a person keeps theirs in every index made from this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub(super) u32);

impl Slot {
    /// As an index into an array with one element per slot.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The slot of the element `index`; an index has at most 2^28 slots.
    pub(super) fn at(index: usize) -> Self {
        Self(narrow(index))
    }
}

/// A set of slots: one bit for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotSet {
    bits: Vec<u64>,
}

impl SlotSet {
    /// Adds a slot.
    pub fn insert(&mut self, slot: Slot) {
        let word = slot.index() / 64;
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= 1 << (slot.index() % 64);
    }

    /// Whether the slot is in it.
    pub fn contains(&self, slot: Slot) -> bool {
        self.bits.get(slot.index() / 64).is_some_and(|word| word >> (slot.index() % 64) & 1 == 1)
    }

    /// How many slots are in it.
    pub fn len(&self) -> usize {
        self.bits.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no slot is in it.
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|&word| word == 0)
    }

    /// Its slots in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = Slot> + '_ {
        self.bits.iter().enumerate().flat_map(|(place, &word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| Slot::at(place * 64 + bit))
        })
    }
}

impl FromIterator<Slot> for SlotSet {
    fn from_iter<I: IntoIterator<Item = Slot>>(slots: I) -> Self {
        let mut set = Self::default();
        for slot in slots {
            set.insert(slot);
        }
        set
    }
}

/// A length or place as the 32 bits it is stored in. Nothing here comes near the bound: it would take
/// four billion postings.
pub(super) fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_gives_its_slots_back_in_order() {
        let set: SlotSet = [Slot(70), Slot(3), Slot(63), Slot(3)].into_iter().collect();

        assert_eq!(set.iter().collect::<Vec<_>>(), [Slot(3), Slot(63), Slot(70)]);
        assert_eq!((set.len(), set.is_empty(), SlotSet::default().is_empty()), (3, false, true));
        assert!(set.contains(Slot(63)) && !set.contains(Slot(64)) && !set.contains(Slot(9_999)));
    }
}
