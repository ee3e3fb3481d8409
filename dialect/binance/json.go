package binance

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Appender is what can write itself as JSON.
type Appender interface {
	AppendJSON(dst []byte) []byte
}

func indexByte(s string, c byte) int { return strings.IndexByte(s, c) }

// appendString writes s as encoding/json does. Nearly every string here is plain
// ASCII; the others take the slow way, so that there is one set of escapes.
func appendString(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(s) // a string always encodes
			return append(dst, quoted...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// appendKey writes the name of the next member of the object being written.
// No value ends in '{', so that the byte before tells whether it is the first.
func appendKey(dst []byte, name string) []byte {
	if n := len(dst); n > 0 && dst[n-1] != '{' {
		dst = append(dst, ',')
	}
	dst = append(dst, '"')
	dst = append(dst, name...)
	return append(dst, '"', ':')
}

func appendStr[T ~string](dst []byte, name string, v T) []byte {
	return appendString(appendKey(dst, name), string(v))
}

func appendInt(dst []byte, name string, v int64) []byte {
	return strconv.AppendInt(appendKey(dst, name), v, 10)
}

func appendBool(dst []byte, name string, v bool) []byte {
	return strconv.AppendBool(appendKey(dst, name), v)
}

func appendDec(dst []byte, name string, v Decimal) []byte {
	return v.AppendJSON(appendKey(dst, name))
}

// The opt forms write nothing for the zero value, as omitzero does.

func optStr[T ~string](dst []byte, name string, v T) []byte {
	if v == "" {
		return dst
	}
	return appendStr(dst, name, v)
}

func optInt(dst []byte, name string, v int64) []byte {
	if v == 0 {
		return dst
	}
	return appendInt(dst, name, v)
}

func optDec(dst []byte, name string, v Decimal) []byte {
	if v == (Decimal{}) {
		return dst
	}
	return appendDec(dst, name, v)
}

// appendList writes list as an array; an empty or nil one is [].
func appendList[T any, P interface {
	*T
	Appender
}](dst []byte, list []T) []byte {
	dst = append(dst, '[')
	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = P(&list[i]).AppendJSON(dst)
	}
	return append(dst, ']')
}

// members walks the members of one JSON object in the order sent. Nothing may
// follow the object. The names are exact: encoding/json would also take "Method"
// for "method" and the last of two, which makes two readers disagree.
func members(raw []byte, each func(name string, value json.RawMessage) *Error) *Error {
	if !utf8.Valid(raw) {
		return ErrInvalidJSON("the text is not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return ErrInvalidJSON("expected an object")
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return ErrInvalidJSON("expected a member name")
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return ErrInvalidJSON("malformed value")
		}
		if bad := each(name.(string), value); bad != nil {
			return bad
		}
	}
	if _, err := dec.Token(); err != nil {
		return ErrInvalidJSON("the object is not closed")
	}
	if _, err := dec.Token(); err != io.EOF {
		return ErrInvalidJSON("data after the object")
	}
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }
