/* SPDX-License-Identifier: MIT */
/* xml_string.h - XML types as text. */
#ifndef YT_TYPES_XML_STRING_H
#define YT_TYPES_XML_STRING_H

#include "doc/model.h"
#include "wire/writer.h"

/* Appends the fragment, element or text as Yjs's toString() prints it: tag names in lower case (ASCII), attributes
 * sorted, nothing escaped. Texts print without their formats. No recursion. */
void yt_xml_to_string(yt_writer *w, const yata_doc *doc, const yt_branch *branch);

#endif
