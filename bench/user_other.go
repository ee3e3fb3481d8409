//go:build !unix

package bench

import "os/exec"

// unprivileged has nothing to do where there is no root.
func unprivileged(*exec.Cmd, string) error { return nil }

// childMemory is not known here.
func childMemory() float64 { return 0 }
