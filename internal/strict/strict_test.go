package strict

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

type inner struct {
	Deep string `json:"deep"`
}

type sample struct {
	Name  string   `json:"name"`
	Count uint32   `json:"count"`
	List  []string `json:"list"`
	Yes   *bool    `json:"yes"`
	Inner *inner   `json:"inner"`
}

func TestDecode(t *testing.T) {
	for text, want := range map[string]string{ // part of the error; empty: it is read
		`{}`:                              "",
		`{"name":"a","count":1}`:          "",
		`{"list":["a","b"],"yes":true}`:   "",
		` { "inner" : {"deep":"x"} } `:    "",
		``:                                "ends early",
		`{"name":"a"`:                     "ends early",
		`[]`:                              "not a JSON object",
		`null`:                            "not a JSON object",
		`{"name":"a"}{}`:                  "something follows",
		`{"name":"a"} x`:                  "something follows",
		`{"nome":"a"}`:                    `there is no field "nome"; there are: name, count, list, yes, inner`,
		`{"inner":{"dep":""}}`:            `no field "dep"; there are: name, count, list, yes, inner; in inner: deep`,
		`{"Name":"a"}`:                    `no field "Name"`,
		`{"name":"a","name":"b"}`:         `"name" is given twice`,
		`{"name":"a","n\u0061me":"b"}`:    `"name" is given twice`,
		`{"inner":{"deep":"","deep":""}}`: `"deep" is given twice`,
		`{"li\u017ft":[]}`:                "no field", // folds to list
		`{"count":-1}`:                    `"count" does not take a number -1`,
		`{"count":1.5}`:                   `"count" does not take a number 1.5`,
		`{"count":"1"}`:                   `"count" does not take a string`,
		`{"yes":"true"}`:                  "it takes a true or false",
		`{"list":"a"}`:                    "it takes a list",
		"{\"name\":\"\xff\"}":             "not UTF-8",
		`{"name":'a'}`:                    "not JSON at byte",
		`{"list":[[[[[[[[[[]]]]]]]]]]}`:   "deeper than 8",
		`{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}}}`: "deeper than 8",
	} {
		var v sample
		err := Decode([]byte(text), &v)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// FuzzDecode: whatever is read means what it says: written out and read again it is the same.
func FuzzDecode(f *testing.F) {
	seeds := []string{
		`{"name":"a","count":1,"list":["x"],"yes":false,"inner":{"deep":"y"}}`, `{"name":"a","name":"b"}`, `{"Name":"a"}`,
		`{"list":[]} {}`, `{"count":1e3}`, `{"inner":null}`, `{"name":"\ud800"}`, `[`, "{\"name\":\"\xff\"}",
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v sample
		if Decode(data, &v) != nil {
			return
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var w sample
		if err := Decode(again, &w); err != nil {
			t.Fatalf("%s, written again as %s: %v", data, again, err)
		}
		if len(v.List) == 0 {
			v.List, w.List = nil, nil
		}
		if !reflect.DeepEqual(v, w) {
			t.Fatalf("%s reads as %+v, and again as %+v", data, v, w)
		}
	})
}
