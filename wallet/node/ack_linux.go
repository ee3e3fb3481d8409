package node

import (
	"net"
	"syscall"
)

// acknowledge asks the system not to delay acknowledgements. It forgets this after a while. What is refused costs time only.
func acknowledge(c net.Conn) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1) // #nosec G115 -- a file descriptor
	})
}
