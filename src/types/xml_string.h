/* SPDX-License-Identifier: MIT */
/* xml_string.h - XML types as text. */
#ifndef YT_TYPES_XML_STRING_H
#define YT_TYPES_XML_STRING_H

#include "doc/weak_links.h"
#include "wire/writer.h"

/* Does a before b, compared as UTF-16 (JavaScript's order of strings)? */
bool yt_utf16_before(yata_str a, yata_str b);

/* Appends the type, read as `kind`, as toString() of Yjs prints it (spec/types.md, "XML as text"): tag names in lower
 * case, attributes sorted, formats of XML texts as nested tags, nothing escaped. No recursion. */
void yt_xml_to_string(yt_writer *w, const yata_doc *doc, const yt_branch *branch, yata_kind kind);

/* The same of what a link quotes of a text, read as an XML text. */
void yt_xml_quote_to_string(yt_writer *w, const yata_doc *doc, const yata_link *link);

#endif
