package instruction

// Version is the layout that this code writes. Older layouts stay readable: a type's fields say since which version each
// of them is there.
//
// Version 2 has what was added to keys, accounts, terms, orders and fills, each at the end of what had been there.
//
// Version 3 has a verdict's measures, a mandate's caps, and that a key is a legacy one.
//
// Version 4 has what detectors go by: whether a request comes from a hosting company, rules, features, cohorts and proceeds.
//
// Version 5 has the wallet: chains, spends, deposits, gift codes, and what a withdrawal costs.
const Version uint8 = 5

// Record is one entry of the journal: an instruction, who gave it, the verdict on it, what then happened, and when.
//
// Layout: version (1 byte), time (8), principal, length of the instruction (2) with its kind (1) and fields,
// verdict, then events to the end, each its kind (1) and fields. The sequence number is the journal's, and so is the
// record's length: bytes that end between two events are a record of fewer events.
type Record struct {
	Seq       uint64
	Time      Time
	Principal Principal
	Verdict   Verdict

	version     uint8  // layout of the two below
	instruction []byte // kind and fields
	events      []byte
}

// AppendHead writes what is known of a record before it is judged; AppendVerdict and AppendEvent follow.
func AppendHead(c *Codec, t Time, p *Principal, in Instruction) {
	v := Version
	Num8(c, &v)
	Num64(c, &t)
	p.Fields(c)
	at := len(c.buf)
	var n uint16
	Num16(c, &n)
	k := in.Kind()
	Num8(c, &k)
	in.fields(c)
	size := len(c.buf) - at - 2
	if size > 1<<16-1 {
		c.Fail("an instruction of %d bytes", size)
		return
	}
	if c.err == nil {
		// #nosec G115 -- the two bytes of a length that was held against 65,535 above
		c.buf[at], c.buf[at+1] = byte(size), byte(size>>8)
	}
}

// Decode reads a record in place: b must not change while the record is in use. Everything but instruction and events is
// checked here, those when they are read.
func (r *Record) Decode(seq uint64, b []byte) error {
	c := Reader(b)
	var v uint8
	Num8(&c, &v)
	if c.err == nil && (v == 0 || v > Version) {
		c.Fail("record of layout version %d, where this program knows 1 to %d: a newer program wrote it", v, Version)
	}
	c.version = v
	r.Seq, r.version = seq, v
	Num64(&c, &r.Time)
	r.Principal.Fields(&c)
	var n uint16
	Num16(&c, &n)
	r.instruction = c.take(int(n))
	r.Verdict.Fields(&c)
	r.events = c.buf
	return c.err
}

// Instruction reads the instruction. It is a fresh value.
func (r *Record) Instruction() (Instruction, error) {
	c := ReaderOf(r.instruction, r.version)
	var k Kind
	Num8(&c, &k)
	in := newInstruction(k)
	if in == nil {
		c.Fail("unknown kind of instruction %d", k)
		return nil, c.err
	}
	in.fields(&c)
	if err := c.End(); err != nil {
		return nil, err
	}
	return in, nil
}

// Since says whether the record was written by a program that knew the layout version.
func (r *Record) Since(version uint8) bool { return r.version >= version }

// Kind is the kind of the record's instruction, 0 where there is none.
func (r *Record) Kind() Kind {
	if len(r.instruction) == 0 {
		return 0
	}
	return Kind(r.instruction[0])
}

// Events lets ev read the record's events from the first.
func (r *Record) Events(ev *Events) { ev.reset(r.events, r.version) }

// Refused is the first refusal among the events, 0 where there is none.
func (r *Record) Refused(ev *Events) Reason {
	r.Events(ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		if no, ok := e.(*Refused); ok {
			return no.Reason
		}
	}
	return 0
}
