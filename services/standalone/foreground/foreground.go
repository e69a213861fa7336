// Package foreground lets a program under make end well on Ctrl-C. A terminal sends the signal to the whole process
// group, so make would end by it too, and report a failure whatever the program did.
//
// The one rule a reader must not miss: the program then runs as a child in a process group of its own, which has the
// terminal; this process only waits, and passes on the signals that somebody sends to it.
package foreground

// Asked is the variable of the environment by which a recipe of make asks for it.
const Asked = "RASOAT_FOREGROUND"
