package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoVulnDB: without the database the check is skipped by its name; a database that is damaged fails it.
func TestNoVulnDB(t *testing.T) {
	data := t.TempDir()
	t.Setenv("PORTCULLIS_DATA", data)
	r := &runner{ctx: t.Context(), report: newReport(io.Discard, "ci")}
	r.report.begin("govulncheck")
	r.govulncheck()
	if left := r.report.skipped(); len(left) != 1 || left[0].Case != "govulncheck" || !strings.Contains(left[0].Detail, data) {
		t.Errorf("got %+v", left)
	}
	if err := os.WriteFile(filepath.Join(data, "vulndb.tgz"), []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.govulncheck()
	if n := r.report.current().Failed; n != 1 {
		t.Errorf("%d failures with a damaged database", n)
	}
}

// TestNotAsked: no rule is left unasked without a reason.
func TestNotAsked(t *testing.T) {
	for _, x := range notAsked {
		if x.path == "" || x.rules == "" || x.why == "" || strings.Contains(x.path, ";") {
			t.Errorf("%+v", x)
		}
	}
}
