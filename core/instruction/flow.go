package instruction

// A Codec of something large works through a window: a flow takes away what was written, or brings more to read, whenever
// the type says by Pause that it is between two elements of a list. So the whole never lies in memory as bytes.

const (
	// flowFull is how many bytes a writer gathers, by and large, before they are taken away.
	flowFull = 1 << 16
	// flowLow is how many bytes a reader has ahead after a Pause: more than anything needs that is read in one go.
	flowLow = 1 << 18
)

// FlowWriter returns a Codec that gives what it wrote to take, in pieces that are valid until take returns. The rest, which
// is in Bytes at the end, is for the caller to take.
func FlowWriter(take func([]byte) error) Codec {
	c := Writer(make([]byte, 0, flowFull+flowFull/8))
	c.flow = func(b []byte) ([]byte, error) { return b[:0], take(b) }
	return c
}

// FlowReader returns a Codec that reads what more brings, size bytes at most, which were written in the given layout
// version. More gets what is still unread and gives it back with what follows it; it gives it back alone when there is no
// more.
func FlowReader(more func(unread []byte) ([]byte, error), size int64, version uint8) Codec {
	c := ReaderOf(nil, version)
	c.flow, c.size = more, size
	c.Pause()
	return c
}

// Pause is called between the elements of lists that can be long, and inside elements longer than 128 KiB. It does nothing
// for a Codec without a flow.
func (c *Codec) Pause() {
	if c.flow == nil || c.err != nil || c.reading && len(c.buf) >= flowLow || !c.reading && len(c.buf) < flowFull {
		return
	}
	if c.buf, c.err = c.flow(c.buf); c.err != nil {
		c.buf = nil
	}
}

// Room is how many elements of a list of n, each of at least so many bytes, are worth making room for before they are read:
// no more than the bytes to read can hold, so that a damaged count asks for no memory.
func (c *Codec) Room(n int, least int64) int {
	return int(min(int64(n), max(c.size, int64(len(c.buf)))/least))
}
