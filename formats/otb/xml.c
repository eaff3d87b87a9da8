#include "formats/otb/xml.h"

#include "formats/recording.h"
#include "formats/text.h"

#include <libxml/parser.h>
#include <limits.h>
#include <string.h>

enum status otb_xml_parse(const char *bytes, size_t size, const char *file, const char *entry,
                          xmlDocPtr *document, struct error *error)
{
    *document = NULL;
    xmlDocPtr parsed =
        size <= INT_MAX ? xmlReadMemory(bytes, (int)size, NULL, NULL,
                                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)
                        : NULL;
    if (!parsed) {
        const xmlError *why = xmlGetLastError();
        return error_set(error, STATUS_FAILED, "%s: '%s' in it is no sound XML (line %d)", file,
                         entry, why ? why->line : 0);
    }
    if (parsed->intSubset || parsed->extSubset || !xmlDocGetRootElement(parsed)) {
        xmlFreeDoc(parsed);
        return error_set(error, STATUS_FAILED,
                         "%s: '%s' in it has a document type, which OTBiolab never writes", file,
                         entry);
    }
    *document = parsed;
    return STATUS_OK;
}

bool otb_xml_is(const xmlNode *node, const char *name)
{
    return node && node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static xmlNode *find(xmlNode *node, const char *name)
{
    while (node && !otb_xml_is(node, name)) {
        node = node->next;
    }
    return node;
}

xmlNode *otb_xml_child(const xmlNode *node, const char *name)
{
    return node ? find(node->children, name) : NULL;
}

xmlNode *otb_xml_next(const xmlNode *node, const char *name)
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

bool otb_xml_attribute(const xmlNode *node, const char *name, char *to, size_t size)
{
    return take(node ? xmlGetProp((xmlNode *)node, (const xmlChar *)name) : NULL, to, size);
}

bool otb_xml_text(const xmlNode *node, const char *child, char *to, size_t size)
{
    const xmlNode *found = otb_xml_child(node, child);
    return take(found ? xmlNodeGetContent(found) : NULL, to, size);
}

double otb_xml_attribute_number(const xmlNode *node, const char *name, double otherwise)
{
    char text[64];
    double value;
    return otb_xml_attribute(node, name, text, sizeof text) && text_real(text, strlen(text), &value)
               ? value
               : otherwise;
}

double otb_xml_number(const xmlNode *node, const char *child, double otherwise)
{
    char text[64];
    double value;
    return otb_xml_text(node, child, text, sizeof text) && text_real(text, strlen(text), &value)
               ? value
               : otherwise;
}
