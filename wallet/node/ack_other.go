//go:build !linux

package node

import "net"

// acknowledge: only Linux has a word for it.
func acknowledge(net.Conn) {}
