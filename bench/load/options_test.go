package load

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzKeys reads a file of keys: each that it takes has both of its parts.
func FuzzKeys(f *testing.F) {
	for _, s := range []string{`[{"api_key":"a","secret":"b"}]`, `{"demo":{"api_key":"a","secret":"b"}}`, `[]`, `{}`, `null`, `[{"api_key":"a"}]`, `x`} {
		f.Add(s)
	}
	path := filepath.Join(f.TempDir(), "keys.json")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		keys, err := ReadKeys(path)
		for _, k := range keys {
			if err == nil && (k.APIKey == "" || k.Secret.IsZero()) {
				t.Fatalf("%q gave %+v", text, k)
			}
		}
	})
}
