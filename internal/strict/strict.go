// Package strict reads JSON objects so that two readers can never see two things in them: what the operator's socket takes
// in, and the configuration file.
//
// It owns nothing. It refuses what encoding/json lets pass: fields that are not known, fields given twice (the last would
// win), names in another case (they would match), text that is not UTF-8 (it would be bent), anything behind the value, and
// nesting deeper than anything that is read here has. Names of fields are a-z, 0-9 and _.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep objects and lists may nest.
const maxDepth = 8

// Decode reads one JSON object into the struct that v points to. The error says what is wrong and, for an unknown field,
// which there are.
func Decode(data []byte, v any) error {
	if !utf8.Valid(data) {
		return errors.New("the text is not UTF-8")
	}
	if err := scan(data); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return explain(d.Decode(v), v)
}

// scan walks over the tokens of what must be one object.
func scan(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	first, err := d.Token()
	if err != nil {
		return explain(err, nil)
	}
	if first != json.Delim('{') {
		return errors.New("the text is not a JSON object: it begins with { and ends with }")
	}
	if err := object(d, 1); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows after the end of the JSON object")
	}
	return nil
}

// object walks to the end of an object whose beginning has been read.
func object(d *json.Decoder, depth int) error {
	seen := map[string]bool{}
	for {
		t, err := d.Token()
		if err != nil {
			return explain(err, nil)
		}
		if t == json.Delim('}') {
			return nil
		}
		name, ok := t.(string)
		switch {
		case !ok || !plain(name):
			return fmt.Errorf("there is no field %q: names of fields are a-z, 0-9 and _", name)
		case seen[name]:
			return fmt.Errorf("the field %q is given twice", name)
		}
		seen[name] = true
		if t, err = d.Token(); err != nil {
			return explain(err, nil)
		}
		if err := value(d, t, depth); err != nil {
			return err
		}
	}
}

// value walks to the end of the value that begins with t.
func value(d *json.Decoder, t json.Token, depth int) error {
	open, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	if depth >= maxDepth {
		return fmt.Errorf("the JSON nests deeper than %d levels", maxDepth)
	}
	if open == '{' {
		return object(d, depth+1)
	}
	for {
		t, err := d.Token()
		if err != nil {
			return explain(err, nil)
		}
		if t == json.Delim(']') {
			return nil
		}
		if err := value(d, t, depth+1); err != nil {
			return err
		}
	}
}

func plain(name string) bool {
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return name != ""
}

// explain puts errors of encoding/json into plain words.
func explain(err error, v any) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON ends early")
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON at byte %d: %s", syntax.Offset, syntax.Error())
	case errors.As(err, &kind):
		return fmt.Errorf("the field %q does not take a %s; it takes a %s", kind.Field, kind.Value, word(kind.Type))
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("there is no field %s; there are: %s", name, strings.Join(names(reflect.TypeOf(v).Elem()), ", ")+within(reflect.TypeOf(v).Elem()))
	}
	return err
}

// word is what a JSON value of the type is called.
func word(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return word(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "list"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.String:
		return "text"
	}
	return "whole number within its range"
}

// names are the fields of a struct.
func names(t reflect.Type) []string {
	var list []string
	for _, f := range reflect.VisibleFields(t) {
		if name := nameOf(f); name != "" {
			list = append(list, name)
		}
	}
	return list
}

func nameOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return strings.TrimPrefix(name, "-")
}

// within names the fields of the structs in a struct's fields, one step down: encoding/json does not say in which object the unknown one is.
func within(t reflect.Type) (said string) {
	for _, f := range reflect.VisibleFields(t) {
		inner := f.Type
		for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() != reflect.Struct || nameOf(f) == "" {
			continue
		}
		if list := names(inner); len(list) > 0 {
			said += fmt.Sprintf("; in %s: %s", nameOf(f), strings.Join(list, ", "))
		}
	}
	return said
}
