package node

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzAnswer: whatever a node or something before it answers is read to an end, in bounded words. Only what the node says
// under the number of the call is its answer.
func FuzzAnswer(f *testing.F) {
	f.Add(200, `{"result":"00ff","error":null,"id":1}`)
	f.Add(200, `{"result":"00ff","error":null,"id":1}`+"\n")
	f.Add(200, `{"result":"00","id":2,"x":"","error":null,"id":1}`+"\n")
	f.Add(200, `{"result":"0g","error":null,"id":1}`+"\n")
	f.Add(500, `{"result":null,"error":{"code":-26,"message":"txn-mempool-conflict"},"id":1}`)
	f.Add(503, "Work queue depth exceeded\r\n")
	f.Add(401, "")
	f.Add(200, `{"result":"0","error":null,"id":1}`)
	f.Add(200, `{"result":{"feerate":1e999},"error":{},"id":1}`)
	f.Add(500, `{"result":null,"error":{"code":-25,"message":"`+strings.Repeat("\xff", 900)+`"},"id":1}`)
	f.Fuzz(func(t *testing.T, status int, text string) {
		var raw hexBytes
		var h blockHash
		if quick([]byte(text), 1, &raw) {
			var slow struct {
				Result hexBytes
				Error  any
				ID     int
			}
			if err := json.Unmarshal([]byte(text), &slow); err != nil || slow.Error != nil || slow.ID != 1 || !bytes.Equal(slow.Result, raw) {
				t.Errorf("%q is read as %x, and is %+v, %v", text, raw, slow, err)
			}
		}
		for _, result := range []any{&raw, &h, nil} {
			e := read(status, []byte(text), 1, result)
			if e == nil {
				if status != http.StatusOK || !strings.Contains(text, "1") {
					t.Errorf("HTTP %d %q is an answer", status, text)
				}
				continue
			}
			if len(e.Reason) > 1000 || !utf8.ValidString(e.Reason) {
				t.Errorf("%d bytes of reason: %q", len(e.Reason), e.Reason)
			}
			if e.NotDone && e.Code == 0 && status != 401 && status != 403 && !strings.Contains(text, "Work queue depth exceeded") {
				t.Errorf("HTTP %d %q is certainly not done", status, text)
			}
			outcome(e)
		}
	})
}
