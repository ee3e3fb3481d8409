package archive

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"portcullis/core/instruction"
)

// TestIncidents: what was seen is summed up by day, and an incident's records are told in order.
func TestIncidents(t *testing.T) {
	v := at(t, t.TempDir(), 61)
	for i, live := range []bool{true, false, false} {
		v.operator(&instruction.CreateKey{Account: 2, ID: instruction.KeyID{0xee, byte(i)}, Scheme: instruction.Ed25519, Material: bytes.Repeat([]byte{byte(i)}, 32),
			Mandate: instruction.Mandate{Rights: instruction.MayRead}})
		if !live {
			v.operator(&instruction.RevokeKey{Credential: instruction.Credential(customers + 1 + i)})
		}
	}
	const live, a, b = customers + 1, customers + 2, customers + 3
	sees := func(c instruction.Credential, addr string, proven bool) {
		t.Helper()
		p := instruction.Principal{Giver: instruction.ByVenue, Addr: netip.MustParseAddr(addr)}
		if _, err := v.Do(&p, &instruction.Sight{Credential: c, Proven: proven}); err != nil {
			t.Fatal(err)
		}
	}
	sees(live, "192.0.2.1", true)
	v.clock.Add(instruction.Day)
	sees(a, "192.0.2.7", false)
	v.clock.Add(instruction.Second)
	sees(a, "192.0.2.8", false)
	sees(b, "203.0.113.1", false)
	v.clock.Add(instruction.Second)
	sees(b, "192.0.2.9", true)
	sees(a, "2001:db8::1", false)
	p := path(t)
	arch := filled(t, p, v)

	here := instruction.NetworkOf(netip.MustParseAddr("192.0.2.0"))
	now := v.clock.Now()
	rows, err := arch.Sightings(t.Context(), here, start, now, 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprint(r.Credential, " ", r.Act, " ", r.Times, " ", (r.Last-r.First)/instruction.Second))
	}
	want := fmt.Sprintf("%d USED_TOMBSTONE 1 0|%d USED_TOMBSTONE 2 1|%d USED_LIVE 1 0", b, a, live)
	if strings.Join(got, "|") != want {
		t.Errorf("seen: %q, want %q", got, want)
	}
	if rows, err := arch.Sightings(t.Context(), here, start, now-instruction.Day, 10); err != nil || len(rows) != 1 {
		t.Errorf("a day before: %+v, %v", rows, err)
	}
	if rows, err := arch.Sightings(t.Context(), here, start, now, 1); err != nil || len(rows) != 1 || rows[0].Credential != b {
		t.Errorf("the newest: %+v, %v", rows, err)
	}

	line, err := arch.Timeline(t.Context(), 1, 1, 10)
	if err != nil || len(line) != 2 {
		t.Fatalf("%+v, %v", line, err)
	}
	if x := line[0]; x.Credential != b || x.Network != here || x.Act != instruction.UsedTombstone || x.Kind != instruction.KindSight ||
		x.Decision != instruction.Allow || x.Reason != instruction.VenueSaw || x.Time != now {
		t.Errorf("%+v", x)
	}
	if rest, err := arch.Timeline(t.Context(), 1, line[0].Seq+1, 10); err != nil || len(rest) != 1 || rest[0] != line[1] {
		t.Errorf("the rest: %+v, %v", rest, err)
	}
	for _, text := range []string{sightingsQuery, timelineQuery} {
		for _, step := range plan(t, arch.file.read, text) {
			if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s: %s", step, text)
			}
		}
	}
}
