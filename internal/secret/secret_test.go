package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestNothingShows(t *testing.T) {
	s := New([]byte("hunter2"))
	inside := struct{ S Bytes }{s}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "s", s, "in", inside)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s, "in", inside)
	j, err := json.Marshal(inside)
	if err != nil {
		t.Fatal(err)
	}
	all := log.String() + string(j)
	for _, f := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		all += fmt.Sprintf(f, s) + fmt.Sprintf(f, inside) + fmt.Sprintf(f, &inside)
	}
	for _, leak := range []string{"hunter2", fmt.Sprintf("%x", "hunter2"), "104 117"} {
		if strings.Contains(all, leak) {
			t.Errorf("%q shows in %s", leak, all)
		}
	}
	if string(s.Reveal()) != "hunter2" || s.IsZero() || !(Bytes{}).IsZero() {
		t.Error("the secret is not what went in")
	}
}
