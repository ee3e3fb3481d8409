package book

// table leads from a 32-bit hash to places in a slab: open addressing with linear probing, at most half full. The home
// of an entry is given by the top bits of its hash, so that growing keeps entries in order. Deleting shifts entries back
// and leaves no marks, so that a table's speed does not depend on its history.
//
// A table does not know keys; its user compares them for the candidates that first and next find.
type table struct {
	slots []entry // a power of two of them
	shift uint8   // 32 less the bits of an index
	n     int
}

// entry with place 0 is empty.
type entry struct {
	hash  uint32
	place int32
}

const minTableBits = 6

func newTable() table {
	return table{slots: make([]entry, 1<<minTableBits), shift: 32 - minTableBits}
}

// first is the first entry with this hash: its index, and its place or 0.
func (t *table) first(hash uint32) (uint32, int32) {
	return t.seek(hash>>t.shift, hash)
}

// next is the entry with this hash after i.
func (t *table) next(i, hash uint32) (uint32, int32) {
	return t.seek(i+1, hash)
}

func (t *table) seek(i, hash uint32) (uint32, int32) {
	mask := uint32(len(t.slots) - 1)
	for {
		i &= mask
		e := t.slots[i]
		if e.place == 0 || e.hash == hash {
			return i, e.place
		}
		i++
	}
}

// add enters a place that is not in the table yet.
func (t *table) add(hash uint32, place int32) {
	if 2*t.n >= len(t.slots) {
		t.grow()
	}
	t.n++
	t.put(hash, place)
}

func (t *table) put(hash uint32, place int32) {
	mask := uint32(len(t.slots) - 1)
	i := hash >> t.shift
	for t.slots[i].place != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = entry{hash, place}
}

func (t *table) grow() {
	old := t.slots
	t.slots = make([]entry, 2*len(old))
	t.shift--
	for _, e := range old {
		if e.place != 0 {
			t.put(e.hash, e.place)
		}
	}
}

// drop removes a place that is in the table.
func (t *table) drop(hash uint32, place int32) {
	mask := uint32(len(t.slots) - 1)
	i := hash >> t.shift
	for t.slots[i].place != place {
		i = (i + 1) & mask
	}
	for j := i; ; {
		j = (j + 1) & mask
		e := t.slots[j]
		if e.place == 0 {
			break
		}
		// e may fill the gap at i unless its home lies after i, going round, up to j.
		if home := e.hash >> t.shift; (j-home)&mask >= (j-i)&mask {
			t.slots[i] = e
			i = j
		}
	}
	t.slots[i] = entry{}
	t.n--
}
