// Package workbook reads and writes the workbooks that schools live in: the profiles workbook of the
// ministry ("DANH MUC", one row a pupil) and the results workbook (a sheet for each class and results
// part, with a header of two rows).
//
// Reading is streaming: a [Book] yields one [Row] at a time, each with the records that it gives and with
// what is wrong in its cells, so that a file of any length needs the memory of one row. Columns are found
// by the text of their headers, whatever its line breaks, capitals and Unicode form, and never by their
// position. A hidden sheet of pupils is passed over with a warning, unless no visible sheet has any; a class that
// stands in one merged cell beside its pupils is the class of each.
//
// The one rule a reader must not miss: a bad cell refuses its own record and no other. What a rule of the
// drive can judge (a number that lost its first zero, a commune that no catalogue has) goes on as it was
// written or as student.Unread, never as blank, with a warning, so that the ministry sees it; what nobody could read (a date, a mark) stops
// here, with the cell, the reason and what to do.
package workbook
