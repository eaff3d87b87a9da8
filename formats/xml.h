/* XML in recordings: parsed without network, entities or document types. */
#ifndef SOLEUS_FORMATS_XML_H
#define SOLEUS_FORMATS_XML_H

#include "formats/error.h"

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

/* file and entry are for messages; encoding: that of the bytes, NULL: what they say themselves.
 * Refuses what is not well formed, and any document type, since its entities could grow without
 * end. *document is to be freed with xmlFreeDoc. */
enum status xml_parse(const char *bytes, size_t size, const char *encoding, const char *file,
                      const char *entry, xmlDocPtr *document, struct error *error);

/* Whether the node is an element of that name, whatever its namespace. */
bool xml_is(const xmlNode *node, const char *name);

/* The first child element of that name; the next sibling of it; NULL when there is none, or when
 * node is NULL. */
xmlNode *xml_child(const xmlNode *node, const char *name);
xmlNode *xml_next(const xmlNode *node, const char *name);

/* Attribute, or text of a child, as trimmed UTF-8; "" (and false) when there is none. */
bool xml_attribute(const xmlNode *node, const char *name, char *to, size_t size);
bool xml_text(const xmlNode *node, const char *child, char *to, size_t size);

/* The same as a number, with a point or a comma; `otherwise` when it is none. */
double xml_attribute_number(const xmlNode *node, const char *name, double otherwise);
double xml_number(const xmlNode *node, const char *child, double otherwise);

#endif
