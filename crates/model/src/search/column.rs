//! An array that can be copied for almost nothing and then changed here and there.

use std::sync::Arc;

const CHUNK: usize = 1024;

/// One value per slot, in shared chunks: a clone shares all of them, a change copies one.
#[derive(Clone, Debug)]
pub(super) struct Column<T> {
    chunks: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<T: Clone> Column<T> {
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, place: usize) -> Option<&T> {
        self.chunks.get(place / CHUNK)?.get(place % CHUNK)
    }

    /// Sets the value at `place`, which is at most one past the end.
    pub(super) fn set(&mut self, place: usize, value: T) {
        if place < self.len {
            Arc::make_mut(&mut self.chunks[place / CHUNK])[place % CHUNK] = value;
            return;
        }
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::new(Vec::with_capacity(CHUNK)));
        }
        if let Some(last) = self.chunks.last_mut() {
            Arc::make_mut(last).push(value);
            self.len += 1;
        }
    }

    /// Adds all values of another, after these.
    pub(super) fn extend(&mut self, other: Self) {
        for chunk in other.chunks {
            for value in Arc::unwrap_or_clone(chunk) {
                self.set(self.len, value);
            }
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_not_seen_through_an_older_clone() {
        let mut column = Column::default();
        for number in 0..3000 {
            column.set(number, number);
        }
        let older = column.clone();

        column.set(1500, 7);

        assert_eq!((older.get(1500), column.get(1500)), (Some(&1500), Some(&7)));
        assert!(Arc::ptr_eq(&older.chunks[0], &column.chunks[0]));
        assert_eq!((column.len(), column.iter().count(), column.get(3000)), (3000, 3000, None));
    }
}
