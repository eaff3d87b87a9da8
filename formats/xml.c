#include "formats/xml.h"

#include "formats/recording.h"
#include "formats/text.h"

#include <libxml/parser.h>
#include <limits.h>
#include <string.h>

enum status xml_parse(const char *bytes, size_t size, const char *encoding, const char *file,
                      const char *entry, xmlDocPtr *document, struct error *error)
{
    *document = NULL;
    xmlDocPtr parsed =
        size <= INT_MAX ? xmlReadMemory(bytes, (int)size, NULL, encoding,
                                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)
                        : NULL;
    if (!parsed) {
        const xmlError *why = xmlGetLastError();
        return error_set(error, STATUS_FAILED,
                         "%s: '%s' in it is no sound XML (line %d); was it copied whole?", file,
                         entry, why ? why->line : 0);
    }
    if (parsed->intSubset || parsed->extSubset || !xmlDocGetRootElement(parsed)) {
        xmlFreeDoc(parsed);
        return error_set(error, STATUS_FAILED,
                         "%s: '%s' in it has a document type, which no device writes; was it "
                         "changed by another program?",
                         file, entry);
    }
    *document = parsed;
    return STATUS_OK;
}

bool xml_is(const xmlNode *node, const char *name)
{
    return node && node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static xmlNode *find(xmlNode *node, const char *name)
{
    while (node && !xml_is(node, name)) {
        node = node->next;
    }
    return node;
}

xmlNode *xml_child(const xmlNode *node, const char *name)
{
    return node ? find(node->children, name) : NULL;
}

xmlNode *xml_next(const xmlNode *node, const char *name)
{
    return node ? find(node->next, name) : NULL;
}

static bool take(xmlChar *text, char *to, size_t size)
{
    to[0] = '\0';
    if (text) {
        text_from_field(to, size, (const char *)text, strlen((const char *)text));
        xmlFree(text);
    }
    return to[0] != '\0';
}

bool xml_attribute(const xmlNode *node, const char *name, char *to, size_t size)
{
    return take(node ? xmlGetProp((xmlNode *)node, (const xmlChar *)name) : NULL, to, size);
}

bool xml_text(const xmlNode *node, const char *child, char *to, size_t size)
{
    const xmlNode *found = xml_child(node, child);
    return take(found ? xmlNodeGetContent(found) : NULL, to, size);
}

double xml_attribute_number(const xmlNode *node, const char *name, double otherwise)
{
    char text[64];
    double value;
    return xml_attribute(node, name, text, sizeof text) && text_real(text, strlen(text), &value)
               ? value
               : otherwise;
}

double xml_number(const xmlNode *node, const char *child, double otherwise)
{
    char text[64];
    double value;
    return xml_text(node, child, text, sizeof text) && text_real(text, strlen(text), &value)
               ? value
               : otherwise;
}
