package regtest

import (
	"os/exec"
	"syscall"
)

// diesWithUs has the system end the process when this one ends, however it does.
func diesWithUs(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
