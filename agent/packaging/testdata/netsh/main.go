// Netsh stands in for Windows' own program of that name: it appends what it is
// asked for to C:\netsh.log. Called pigrid, it stands in for a running app, until
// C:\stop is there.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	if strings.HasPrefix(filepath.Base(os.Args[0]), "pigrid") {
		_ = os.WriteFile(`C:\running`, nil, 0o600)
		for {
			if _, err := os.Stat(`C:\stop`); err == nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	log, err := os.OpenFile(`C:\netsh.log`, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		os.Exit(1)
	}
	fmt.Fprintf(log, "%q\n", os.Args[1:])
	if err := log.Close(); err != nil {
		os.Exit(1)
	}
}
