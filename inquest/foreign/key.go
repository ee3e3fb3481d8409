package foreign

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"portcullis/core/instruction"
	"portcullis/inquest/cohort"
)

// keys are the keys of a file while it is read.
type keys struct {
	places    map[string]int
	customers map[string]uint64
	names     map[string]string // integrators, each text once
	list      []key
}

// key is what a file has said of a key so far.
type key struct {
	cohort.Key
	line     int // that named it first
	visits   []visit
	lastUse  instruction.Time
	deadUse  instruction.Time // the first use that was known to be later than the deletion when it was read
	abused   instruction.Time
	claimed  instruction.Time
	clientAt instruction.Time
	client   string
}

// visit is that a key was used from a network, the first time.
type visit struct {
	network instruction.Network
	at      instruction.Time
}

func newKeys() *keys {
	return &keys{places: map[string]int{}, customers: map[string]uint64{}, names: map[string]string{}}
}

// take takes one event, or says what is wrong with it and leaves everything as it is.
func (k *keys) take(row *Row, line int) error {
	if row.Key == "" {
		return errors.New("key is empty: it names the key")
	}
	at, err := parseTime(row.Time)
	if err != nil {
		return err
	}
	var network instruction.Network
	if row.Network != "" {
		if network, err = parseNetwork(row.Network); err != nil {
			return err
		}
	}
	if err := sane(row); err != nil {
		return err
	}
	x, err := k.key(row, line)
	if err != nil {
		return err
	}
	switch row.Event {
	case "create":
		if x.Created != 0 && x.Created != at {
			return fmt.Errorf("key %s was created already, at %v: a key is made once", row.Key, x.Created.Std().Format(time.RFC3339))
		}
		x.Created = at
		return k.link(x, row.Integrator, at)
	case "link":
		return k.link(x, row.Integrator, at)
	case "delete":
		if x.Deleted != 0 && x.Deleted != at {
			return fmt.Errorf("key %s was deleted already, at %v", row.Key, x.Deleted.Std().Format(time.RFC3339))
		}
		x.Deleted = at
	case "use":
		x.use(at, network, row.Client)
	case "abuse":
		x.abused = earlier(x.abused, at)
	case "claim":
		x.claimed = earlier(x.claimed, at)
	}
	return nil
}

// sane says what is missing or too much for an event.
func sane(row *Row) error {
	switch row.Event {
	case "create", "link":
		if row.Event == "link" && row.Integrator == "" {
			return errors.New("integrator is empty: link says to whom the key was given")
		}
	case "delete", "use", "abuse", "claim":
		if row.Integrator != "" {
			return fmt.Errorf("integrator is of create and link, not of %s", row.Event)
		}
	default:
		var names []string
		for _, e := range Events {
			names = append(names, e[0])
		}
		return fmt.Errorf("event %.40q is none of: %s", row.Event, strings.Join(names, " "))
	}
	return nil
}

// key is the key of a line, made where it is new. Whose it is must be said in one way.
func (k *keys) key(row *Row, line int) (*key, error) {
	customer := uint64(0)
	if row.Account != "" {
		customer = k.customers[row.Account]
	}
	i, known := k.places[row.Key]
	if !known {
		if len(k.list) >= MaxKeys {
			return nil, errMany
		}
		i = len(k.list)
		name := strings.Clone(row.Key)
		k.places[name] = i
		k.list = append(k.list, key{Key: cohort.Key{Name: name}, line: line})
	}
	x := &k.list[i]
	if row.Account != "" && x.Customer != 0 && x.Customer != customer {
		return nil, fmt.Errorf("key %s was of another account before: it is one account's", row.Key)
	}
	if row.Account != "" && customer == 0 {
		customer = uint64(len(k.customers)) + 1
		k.customers[strings.Clone(row.Account)] = customer
	}
	if customer != 0 {
		x.Customer = customer
	}
	return x, nil
}

func (k *keys) link(x *key, integrator string, at instruction.Time) error {
	if integrator == "" {
		return nil
	}
	name, known := k.names[integrator]
	if !known {
		name = strings.Clone(integrator)
		k.names[name] = name
	}
	if i := slices.IndexFunc(x.Links, func(l cohort.Link) bool { return l.Integrator == name }); i >= 0 {
		x.Links[i].At = earlier(x.Links[i].At, at)
		return nil
	}
	if len(x.Links) >= MaxLinks {
		return fmt.Errorf("key %s has %d integrators already", x.Name, MaxLinks)
	}
	x.Links = append(x.Links, cohort.Link{Integrator: name, At: at})
	return nil
}

// use takes note of a use. Whether it was after the deletion may only be known at the end.
func (x *key) use(at instruction.Time, n instruction.Network, client string) {
	x.lastUse = max(x.lastUse, at)
	if x.Deleted != 0 && at > x.Deleted {
		x.deadUse = earlier(x.deadUse, at)
		return
	}
	if client != "" && (x.clientAt == 0 || at < x.clientAt) {
		x.client, x.clientAt = strings.Clone(client), at
	}
	if n == 0 {
		return
	}
	if i := slices.IndexFunc(x.visits, func(v visit) bool { return v.network == n }); i >= 0 {
		x.visits[i].at = earlier(x.visits[i].at, at)
	} else if len(x.visits) < MaxNetworks {
		x.visits = append(x.visits, visit{n, at})
	}
}

// finish makes keys and victims of what was read. What a thief may have done teaches nothing about the owner.
func (k *keys) finish(wrong func(error)) ([]cohort.Key, []cohort.Victim) {
	list := make([]cohort.Key, len(k.list))
	var victims []cohort.Victim
	for i := range k.list {
		x := &k.list[i]
		if x.Created != 0 && x.Deleted != 0 && x.Deleted < x.Created {
			wrong(fmt.Errorf("key %s (line %d) was deleted before it was created: its deletion counts as not known", x.Name, x.line))
			x.Deleted, x.deadUse = 0, 0
		}
		if x.Deleted != 0 && x.lastUse > x.Deleted {
			x.deadUse = cmp.Or(x.deadUse, x.lastUse)
		}
		theft := earlier(earlier(x.abused, x.claimed), x.deadUse)
		for _, v := range x.visits {
			if theft == 0 || v.at < theft {
				x.Networks = append(x.Networks, v.network)
			}
		}
		if x.client != "" && (theft == 0 || x.clientAt < theft) {
			x.Client = digest(x.client)
		}
		list[i] = x.Key
		switch {
		case x.deadUse != 0:
			victims = append(victims, cohort.Victim{Key: i, Kind: cohort.Tombstone, At: earlier(x.deadUse, x.abused)})
		case x.abused != 0:
			victims = append(victims, cohort.Victim{Key: i, Kind: cohort.Abused, At: x.abused})
		case x.claimed != 0:
			victims = append(victims, cohort.Victim{Key: i, Kind: cohort.Claimed, At: x.claimed})
		}
	}
	return list, victims
}

// digest is a client's name as a number that is not 0.
func digest(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return max(h.Sum64(), 1)
}

// earlier is the earlier of two times, where 0 is none.
func earlier(a, b instruction.Time) instruction.Time {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// The times that a key can have.
var (
	firstTime = instruction.TimeOf(time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC))
	lastTime  = instruction.TimeOf(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))
)

func parseTime(text string) (instruction.Time, error) {
	var t instruction.Time
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		switch len(text) {
		case 10:
			t = instruction.Time(n) * instruction.Second
		case 13:
			t = instruction.Time(n) * instruction.Millisecond
		}
	} else {
		for _, form := range []string{time.RFC3339Nano, time.DateOnly, "2006-01-02 15:04:05.999999"} {
			if x, err := time.Parse(form, text); err == nil {
				t = instruction.TimeOf(x)
				break
			}
		}
	}
	if t < firstTime || t >= lastTime {
		return 0, fmt.Errorf("time %.40q is none between 2009 and 2100: write 2022-10-14T21:05:00Z, 2022-10-14, or seconds or milliseconds since 1970", text)
	}
	return t, nil
}

func parseNetwork(text string) (instruction.Network, error) {
	if p, err := netip.ParsePrefix(text); err == nil {
		if a := p.Addr().Unmap(); a.Is4() && p.Bits() < 24 || a.Is6() && p.Bits() < 48 {
			return 0, fmt.Errorf("network %s is wider than a /24 of IPv4 or a /48 of IPv6", text)
		}
		return instruction.NetworkOf(p.Addr()), nil
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return 0, fmt.Errorf("network %.60q is neither an address nor a network such as 203.0.113.0/24", text)
	}
	return instruction.NetworkOf(a.WithZone("")), nil
}
