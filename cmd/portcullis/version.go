package main

import (
	"io"
	"runtime"
	"runtime/debug"
)

type versionCmd struct{}

// versionInfo is what the program knows of its own making.
type versionInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
	System   string `json:"system"`
}

func readVersion() versionInfo {
	v := versionInfo{Version: "devel", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if m := info.Main.Version; m != "" && m != "(devel)" {
		v.Version = m
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Revision = s.Value
		}
	}
	return v
}

func (versionCmd) Run(o *output) error {
	v := readVersion()
	o.show(v, func(w io.Writer) {
		row(w, "portcullis", v.Version)
		if v.Revision != "" {
			row(w, "revision", v.Revision)
		}
		row(w, v.Go, v.System)
	})
	return nil
}
