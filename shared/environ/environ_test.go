package environ

import "testing"

func TestStateDir(t *testing.T) {
	for _, test := range []struct {
		env  []string
		want string
	}{
		{nil, ""},
		{[]string{"HOME=/home/pi"}, "/home/pi/.local/state/pigrid"},
		{[]string{"HOME=/home/pi", "XDG_STATE_HOME=/state"}, "/state/pigrid"},
		{[]string{"XDG_STATE_HOME=relative", "HOME=/home/pi"}, "/home/pi/.local/state/pigrid"},
		{[]string{"HOME=", "HOMES=/x"}, ""},
	} {
		if got := StateDir(test.env, "pigrid"); got != test.want {
			t.Errorf("%v: %q, want %q", test.env, got, test.want)
		}
	}
}
