package foreign

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/inquest/cohort"
)

// read reads a text, and is what it said and what was wrong.
func read(t *testing.T, text string) (*Log, []string, error) {
	t.Helper()
	var wrong []string
	l, err := Read(context.Background(), strings.NewReader(text), Options{Problem: func(line int, what string) {
		wrong = append(wrong, fmt.Sprintf("%d: %s", line, what))
	}})
	return l, wrong, err
}

// TestExample: the example is read whole, as CSV and as JSON lines alike.
func TestExample(t *testing.T) {
	l, wrong, err := read(t, Example)
	if err != nil || len(wrong) > 0 || l.Lines != 11 || len(l.Keys) != 5 || len(l.Victims) != 3 {
		t.Fatalf("%v, %q: %+v", err, wrong, l)
	}
	kinds := []cohort.Kind{cohort.Abused, cohort.Tombstone, cohort.Claimed}
	for i, v := range l.Victims {
		if v.Key != i || v.Kind != kinds[i] || v.At == 0 {
			t.Errorf("victim %d: %+v", i, v)
		}
	}
	k := l.Keys[0]
	if k.Name != "k-1" || len(k.Networks) != 1 || k.Networks[0].String() != "192.0.2.0/24" || k.Client == 0 || len(k.Links) != 1 || k.Links[0].Integrator != "gridfox" {
		t.Errorf("%+v", k)
	}
	if l.Keys[1].Networks != nil || l.Keys[1].Deleted == 0 { // only a thief was seen with it
		t.Errorf("%+v", l.Keys[1])
	}
	if l.Keys[2].Links[0].At == l.Keys[2].Created {
		t.Errorf("%+v", l.Keys[2])
	}
	var lines strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(Example), "\n")[1:] {
		row := map[string]string{}
		for i, f := range strings.Split(line, ",") {
			if f != "" {
				row[Columns[i]] = f
			}
		}
		b, _ := json.Marshal(row)
		lines.Write(append(b, '\r', '\n'))
	}
	again, wrong, err := read(t, lines.String())
	if err != nil || len(wrong) > 0 || !reflect.DeepEqual(l, again) {
		t.Errorf("as JSON lines: %v, %q, %+v", err, wrong, again)
	}
	if with, wrong, err := read(t, "\xef\xbb\xbf"+strings.ReplaceAll(Example, "\n", "\r\n")+"\n\n"); err != nil || len(wrong) > 0 || !reflect.DeepEqual(l, with) {
		t.Errorf("with a mark and other ends of lines: %v, %q", err, wrong)
	}
}

// TestOrder: the order of lines does not matter for what a key is, but for the time of a use after its deletion, which is
// then the latest.
func TestOrder(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(Example), "\n")
	for i, j := 1, len(lines)-1; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
	l, wrong, err := read(t, strings.Join(lines, "\n"))
	if err != nil || len(wrong) > 0 || len(l.Keys) != 5 || len(l.Victims) != 3 {
		t.Fatalf("%v, %q: %+v", err, wrong, l)
	}
	for i := range l.Keys {
		if k := &l.Keys[i]; k.Name == "k-2" && (k.Deleted == 0 || k.Networks != nil) {
			t.Errorf("%+v", k)
		}
	}
}

// TestWrongLines: each line that is wrong is named with what would be right, and leaves no trace; the others count.
func TestWrongLines(t *testing.T) {
	for line, want := range map[string]string{
		"2022-10-14,steal,k,,,,":                              "is none of: create link delete use abuse claim",
		"yesterday,use,k,,,,":                                 "is none between 2009 and 2100",
		"1999-01-01,use,k,,,,":                                "is none between 2009 and 2100",
		"12345,use,k,,,,":                                     "is none between 2009 and 2100",
		"2022-10-14,use,,,,,":                                 "key is empty",
		"2022-10-14,link,k,,,,":                               "integrator is empty",
		"2022-10-14,use,k,,grid,,":                            "integrator is of create and link",
		"2022-10-14,use,k,,,somewhere,":                       "is neither an address nor a network",
		"2022-10-14,use,k,,,10.0.0.0/8,":                      "is wider than",
		"2022-10-14,use,k,,":                                  "has 5 fields, where the header has 7",
		`2022-10-14,use,"k,,,,`:                               "the quotes do not fit",
		"2022-10-14,use,k\xff,,,,":                            "not UTF-8",
		"2022-10-14,use,k\x07,,,,":                            "do not print",
		"2022-10-14,use,good,other,,,":                        "was of another account before",
		"2022-10-14,create,good,,,,":                          "was created already",
		"2022-10-14,use,k,,,," + strings.Repeat("x", 201):     "is longer than 200 bytes",
		"2022-10-14,use,k,,,," + strings.Repeat("x", MaxLine): "longer than 4096 bytes",
		"2022-10-14,use,k,,,," + strings.Repeat("x", 1<<17):   "longer than 4096 bytes",
	} {
		l, wrong, err := read(t, strings.Join(Columns, ",")+"\n2021-01-01,create,good,me,,,\n"+line+"\n2022-01-01,abuse,good,me,,,\n")
		if err != nil || len(wrong) != 1 || !strings.HasPrefix(wrong[0], "3: ") || !strings.Contains(wrong[0], want) || l.Wrong != 1 || l.Lines != 3 {
			t.Errorf("%.60q: %v, %.200q", line, err, wrong)
			continue
		}
		if len(l.Keys) != 1 || len(l.Victims) != 1 || l.Keys[0].Networks != nil || l.Keys[0].Customer != 1 {
			t.Errorf("%.60q leaves %+v", line, l.Keys)
		}
	}
	if _, wrong, err := read(t, `{"time":"2022-10-14","event":"use","key":"k","kay":"x"}`+"\n"+`{"time":"2022-10-14","event":"use","key":"k","key":"x"}`+"\n{"); err != nil || len(wrong) != 3 {
		t.Errorf("JSON: %v, %q", err, wrong)
	}
	_, wrong, err := read(t, strings.Join(Columns, ",")+"\n2021-01-01,delete,k,,,,\n2022-01-01,create,k,,,,\n")
	if err != nil || len(wrong) != 1 || !strings.Contains(wrong[0], "deleted before it was created") {
		t.Errorf("%v, %q", err, wrong)
	}
}

// TestNoSuchFile: what is no log at all is said at once.
func TestNoSuchFile(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "empty",
		"time,event,key,secret\n":   "no column",
		"time,event,key,key\n":      "twice",
		"time,event\n":              "column key is missing",
		"\x89PNG\r\n\x1a\n":         "no column",
		strings.Repeat("x", 100000): "longer than",
	} {
		if _, _, err := read(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	long := "time,event,key\n" + strings.Repeat("2022-10-14,use,k\n", 2*progressEach)
	told := int64(0)
	if _, err := Read(context.Background(), strings.NewReader(long), Options{Progress: func(n int64) { told = n }}); err != nil || told == 0 {
		t.Errorf("%v, %d bytes told", err, told)
	}
	if _, err := Read(ctx, strings.NewReader(long), Options{}); err == nil {
		t.Error("it goes on when it should stop")
	}
}

// FuzzRead: no file breaks the reader, and whatever it made of one can be asked.
func FuzzRead(f *testing.F) {
	f.Add([]byte(Example))
	f.Add([]byte(`{"time":"2022-10-14","event":"use","key":"k","network":"2001:db8::1"}`))
	f.Add([]byte("time,event,key\n1665781500,abuse,\"a\"\"b\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := Read(context.Background(), strings.NewReader(string(text)), Options{})
		if err != nil {
			return
		}
		for _, v := range l.Victims {
			if k := &l.Keys[v.Key]; v.At == 0 || k.Deleted != 0 && k.Created > k.Deleted {
				t.Errorf("%+v: %+v", v, k)
			}
		}
		r := cohort.Of(l.Keys).Report(l.Victims)
		if r.Keys != len(l.Keys) || r.Snapshot.Keys > len(l.Victims) || r.Customers > float64(len(l.Victims)) {
			t.Errorf("%+v", r)
		}
		var n instruction.Time
		for i := range l.Keys {
			n = max(n, l.Keys[i].Created)
		}
		if n >= lastTime {
			t.Error("a key of the far future")
		}
	})
}
