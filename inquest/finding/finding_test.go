package finding

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"portcullis/core/instruction"
	"portcullis/inquest/cohort"
	"portcullis/inquest/foreign"
)

// told is a finding of keys and victims, and its text.
func told(t *testing.T, list []cohort.Key, victims []cohort.Victim) (*Finding, string) {
	t.Helper()
	k := cohort.Of(list)
	r := k.Report(victims)
	f := Of(k, victims, &r)
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var again Finding // it is told far from where the keys are
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	var near, far bytes.Buffer
	for f, to := range map[*Finding]*bytes.Buffer{f: &near, &again: &far} {
		w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
		f.Text(w)
		_ = w.Flush()
	}
	if near.String() != far.String() {
		t.Errorf("the text is another once it was sent:\n%s\n%s", &near, &far)
	}
	return f, near.String()
}

// leaky are 4,000 keys of ten integrators, made over two years, and victims: so many of one integrator, of the second year,
// and one of nobody.
func leaky(seed uint64, n int) (list []cohort.Key, victims []cohort.Victim) {
	rng := rand.New(rand.NewPCG(20221014, seed))
	begin := instruction.TimeOf(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
	for i := range 4000 {
		at := begin + instruction.Time(rng.Int64N(int64(2*instruction.Year)))
		list = append(list, cohort.Key{Name: fmt.Sprint("k", i), Customer: uint64(i + 1), Created: at, Links: []cohort.Link{{Integrator: fmt.Sprintf("maker-%d", i%10), At: at}}})
		if i%10 == 3 && at > begin+instruction.Year && len(victims) < n {
			victims = append(victims, cohort.Victim{Key: i, Kind: cohort.Abused, At: begin + 3*instruction.Year})
		}
	}
	return list, append(victims, cohort.Victim{Key: 5, Kind: cohort.Claimed})
}

// TestNamed: a source that is named is told with its odds, its tiers, and both pictures.
func TestNamed(t *testing.T) {
	f, text := told(t, first(leaky(1, 12)), second(leaky(1, 12)))
	for _, want := range []string{
		"4,000 keys, 10 integrators. 13 keys were used by a thief, of 13 customers.", "Of 1 of them only their owners say so.",
		"NAMED: keys given to maker-3, linked ", "12 of 13 customers", "What to shut:", "ask their owners to confirm:",
		"A venue that was let to acts by itself on that alone.", "maker-3  ██████████████████████████████  12 of 400 keys", "2021-06 │", "2020-03  ",
		"Can one stolen copy of the living keys explain it?",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
	if f.Outcome != "NAMED" || f.Rest == nil || f.Rest.Keys != 400 || f.Firm == nil || f.Claims != 1 || f.Makers[0].Name != "maker-3" || f.Makers[0].Victims != 12 {
		t.Errorf("%+v", f)
	}
	sum := 0
	for _, b := range f.Over {
		sum += b.Keys
	}
	if sum != 400 {
		t.Errorf("%d keys are drawn over time", sum)
	}
}

// TestNotNamed: what cannot be said is said to be so, with what it would take.
func TestNotNamed(t *testing.T) {
	list, victims := leaky(2, 2)
	if _, text := told(t, list, victims[:2]); !strings.Contains(text, "NOT ENOUGH YET") || !strings.Contains(text, "victims more") {
		t.Error(text)
	}
	for i := range list { // two with the same keys
		list[i].Links = append(list[i].Links, cohort.Link{Integrator: list[i].Links[0].Integrator + "-too", At: list[i].Links[0].At})
	}
	_, victims = leaky(2, 20)
	if _, text := told(t, list, victims); !strings.Contains(text, "UNDECIDED") || !strings.Contains(text, "would not tell them apart") {
		t.Error(text)
	}
	var some []cohort.Victim
	for i := range 9 {
		some = append(some, cohort.Victim{Key: 401 * i, Kind: cohort.Abused})
	}
	list, _ = leaky(3, 0)
	if _, text := told(t, list, some); !strings.Contains(text, "NOTHING: ") {
		t.Error(text)
	}
	if _, text := told(t, list, nil); !strings.Contains(text, "0 keys were used") {
		t.Error(text)
	}
}

// TestInference: the dates of January 2018, as a log of another venue tells them, with the keys that say so.
func TestInference(t *testing.T) {
	const text = `time,event,key
2014-08-07,create,oldest
2015-01-01,create,gone
2015-10-22,delete,gone
2016-06-11,create,newest
2018-01-06T20:00:00+09:00,abuse,oldest
2018-01-06T20:01:00+09:00,use,gone
2018-01-06T20:02:00+09:00,abuse,newest
`
	l, err := foreign.Read(context.Background(), strings.NewReader(text), foreign.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, said := told(t, l.Keys, l.Victims)
	for _, want := range []string{
		"No. Of the keys used (3, of which 1 had been deleted):", "max(created) = 2016-06-11T00:00:00Z  key newest", "min(deleted) = 2015-10-22T00:00:00Z  key gone",
		"or the copy held deleted rows too. At least 2 copies; one alone explains at most 2.",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in:\n%s", want, said)
		}
	}
	if f.Copy.Possible || f.Copy.MinDelete != "2015-10-22T00:00:00Z" {
		t.Errorf("%+v", f.Copy)
	}
	for i := range l.Keys {
		if l.Keys[i].Name == "newest" {
			l.Keys[i].Created = l.Keys[0].Created
		}
	}
	if _, said := told(t, l.Keys, l.Victims); !strings.Contains(said, "Yes: a copy taken in [2015-01-01T00:00:00Z, 2015-10-22T00:00:00Z) holds all the keys used (3)") {
		t.Error(said)
	}
}

func first[A, B any](a A, _ B) A  { return a }
func second[A, B any](_ A, b B) B { return b }
