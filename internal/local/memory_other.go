//go:build !linux

package local

// KeepMemory does nothing on this system.
func KeepMemory() error { return nil }
