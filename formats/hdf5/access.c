/* The file, its links and its attributes. */
#include "formats/hdf5/access.h"

#include "formats/checked.h"
#include "formats/recording.h"

#include <math.h>
#include <string.h>

#define SOFT_LINKS_MAX  8
#define ATTRIBUTE_BYTES ((size_t)1 << 20)

/* HDF5 asks before it goes to another file. */
static herr_t refuse_external(const char *parent_file, const char *parent_group,
                              const char *child_file, const char *child_object, unsigned *flags,
                              hid_t list, void *data)
{
    (void)parent_file;
    (void)parent_group;
    (void)child_file;
    (void)child_object;
    (void)flags;
    (void)list;
    (void)data;
    return -1;
}

/* Whether addresses and lengths have 8 bytes, as in every file but historic ones. */
static bool usual_widths(struct source *source)
{
    static const char signature[8] = "\x89HDF\r\n\x1a\n";
    const unsigned char *head;
    size_t size;
    struct error ignored;
    if (source_peek(source, SOURCE_PEEK_MAX, &head, &size, &ignored) != STATUS_OK) {
        return false;
    }
    for (size_t place = 0; place + 16 <= size; place = place ? 2 * place : 512) {
        if (memcmp(head + place, signature, sizeof signature) == 0) {
            size_t widths = place + (head[place + 8] < 2 ? 13 : 9);
            return head[widths] == 8 && head[widths + 1] == 8;
        }
    }
    return false;
}

enum status hdf5_input_open(struct source *source, size_t chunk_cache, struct hdf5_input *input,
                            struct error *error)
{
    *input = (struct hdf5_input)HDF5_INPUT_NONE;
    if (!source_is_file(source)) {
        return error_set(error, STATUS_FAILED,
                         "%s: HDF5 cannot be read from a pipe; save it to a file first",
                         source_name(source));
    }
    hdf5_quiet();
    input->name = source_name(source);
    input->size = source_size(source);
    H5PLset_loading_state(0);
    input->state.checks_heaps = usual_widths(source);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    input->links = H5Pcreate(H5P_LINK_ACCESS);
    /* The driver of results sets no locks, which read-only folders and some network file systems
     * refuse, and takes names as they are. */
    if (access >= 0 && input->links >= 0 && results_file_set(access, &input->state) >= 0 &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
        H5Pset_elink_cb(input->links, refuse_external, NULL) >= 0 &&
        (chunk_cache == 0 || H5Pset_cache(access, 0, 521, chunk_cache, 0.75) >= 0)) {
        input->file = H5Fopen(input->name, H5F_ACC_RDONLY, access);
    }
    hdf5_close(access);
    if (input->file < 0) {
        enum status status = hdf5_error(error, input->name,
                                        "cannot be read as HDF5; was it copied whole, and closed "
                                        "by the program that wrote it?");
        hdf5_input_close(input);
        return status;
    }
    return STATUS_OK;
}

void hdf5_input_close(struct hdf5_input *input)
{
    hdf5_quiet();
    hdf5_close(input->links);
    if (input->file >= 0) {
        H5Fclose(input->file);
    }
    hdf5_close(input->state.driver);
    *input = (struct hdf5_input)HDF5_INPUT_NONE;
}

static hid_t resolve(struct hdf5_input *input, hid_t from, const char *path, int soft_links);

/* Opens one entry of a group. */
static hid_t open_entry(struct hdf5_input *input, hid_t group, const char *name, int soft_links)
{
    H5L_info_t link;
    if (H5Iget_type(group) != H5I_GROUP || H5Lexists(group, name, H5P_DEFAULT) <= 0 ||
        H5Lget_info(group, name, &link, H5P_DEFAULT) < 0) {
        return H5I_INVALID_HID;
    }
    if (link.type == H5L_TYPE_HARD) {
        return H5Oopen(group, name, input->links);
    }
    char target[HDF5_TEXT_MAX + 1] = "";
    if (link.type != H5L_TYPE_SOFT) {
        input->led_out = true;
        return H5I_INVALID_HID;
    }
    if (soft_links == 0 || link.u.val_size > HDF5_TEXT_MAX ||
        H5Lget_val(group, name, target, HDF5_TEXT_MAX, H5P_DEFAULT) < 0) {
        return H5I_INVALID_HID;
    }
    return resolve(input, group, target, soft_links - 1);
}

static hid_t resolve(struct hdf5_input *input, hid_t from, const char *path, int soft_links)
{
    hid_t current = path[0] == '/' ? H5Gopen2(input->file, "/", H5P_DEFAULT) : from;
    if (path[0] != '/') {
        H5Iinc_ref(from);
    }
    for (const char *p = path; current >= 0;) {
        char name[HDF5_TEXT_MAX + 1];
        p += strspn(p, "/");
        size_t length = strcspn(p, "/");
        if (length == 0) {
            break;
        }
        if (length > HDF5_TEXT_MAX) {
            hdf5_close(current);
            return H5I_INVALID_HID;
        }
        memcpy(name, p, length);
        name[length] = '\0';
        p += length;
        if (strcmp(name, ".") != 0) {
            hid_t next = open_entry(input, current, name, soft_links);
            hdf5_close(current);
            current = next;
        }
    }
    return current;
}

hid_t hdf5_open_path(struct hdf5_input *input, hid_t from, const char *path)
{
    hid_t object = resolve(input, from, path, SOFT_LINKS_MAX);
    H5Eclear2(H5E_DEFAULT);
    return object < 0 ? H5I_INVALID_HID : object;
}

hid_t hdf5_open_group(struct hdf5_input *input, hid_t from, const char *path)
{
    hid_t object = hdf5_open_path(input, from, path);
    if (object >= 0 && H5Iget_type(object) != H5I_GROUP) {
        hdf5_close(object);
        object = H5I_INVALID_HID;
    }
    return object;
}

bool hdf5_has(struct hdf5_input *input, hid_t from, const char *path)
{
    hid_t object = hdf5_open_path(input, from, path);
    hdf5_close(object);
    return object >= 0;
}

struct listing {
    size_t count;
    char **names;
    bool failed;
};

static herr_t add_name(hid_t group, const char *name, const H5L_info_t *link, void *data)
{
    (void)group;
    (void)link;
    struct listing *listing = data;
    char **grown = listing->count < HDF5_ENTRIES_MAX
                       ? checked_realloc(listing->names, listing->count + 2, sizeof *grown)
                       : NULL;
    char *copy = grown ? strdup(name) : NULL;
    if (grown) {
        listing->names = grown;
        grown[listing->count] = copy;
        grown[listing->count + (copy != NULL)] = NULL;
    }
    listing->count += copy != NULL;
    listing->failed = !copy;
    return copy ? 0 : 1;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum status hdf5_list(const struct hdf5_input *input, hid_t group, char ***names, size_t *count,
                      struct error *error)
{
    struct listing listing = {.names = checked_calloc(1, sizeof *listing.names)};
    hsize_t position = 0;
    *names = NULL;
    *count = 0;
    if (!listing.names ||
        H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &position, add_name, &listing) < 0 ||
        listing.failed) {
        hdf5_free_names(listing.names, listing.count);
        return listing.failed || !listing.names
                   ? error_set(error, STATUS_FAILED,
                               "%s: a group of this file has too many entries", input->name)
                   : hdf5_error(error, input->name,
                                "what is in the file cannot be listed; is it "
                                "damaged?");
    }
    qsort(listing.names, listing.count, sizeof *listing.names, by_name);
    *names = listing.names;
    *count = listing.count;
    return STATUS_OK;
}

void hdf5_free_names(char **names, size_t count)
{
    for (size_t i = 0; names && i < count; i++) {
        free(names[i]);
    }
    free(names);
}

/* An attribute of no more than ATTRIBUTE_BYTES; negative when there is none. */
static hid_t open_attribute(hid_t object, const char *name)
{
    if (H5Aexists(object, name) <= 0) {
        H5Eclear2(H5E_DEFAULT);
        return H5I_INVALID_HID;
    }
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute >= 0 && H5Aget_storage_size(attribute) > ATTRIBUTE_BYTES) {
        hdf5_close(attribute);
        return H5I_INVALID_HID;
    }
    return attribute;
}

bool hdf5_text_attribute(hid_t object, const char *name, char *to, size_t size)
{
    hid_t attribute = open_attribute(object, name);
    char *text = NULL;
    to[0] = '\0';
    if (attribute >= 0) {
        hdf5_close(attribute);
        text = hdf5_get_text(object, name);
    }
    if (text) {
        text_from_field(to, size, text, strlen(text));
    }
    free(text);
    H5Eclear2(H5E_DEFAULT);
    return to[0] != '\0';
}

size_t hdf5_real_attributes(hid_t object, const char *name, double *to, size_t room)
{
    hid_t attribute = open_attribute(object, name);
    size_t count = 0;
    if (attribute < 0) {
        return 0;
    }
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    H5T_class_t kind = H5Tget_class(type);
    hssize_t points = H5Sget_simple_extent_npoints(space);
    if ((kind == H5T_INTEGER || kind == H5T_FLOAT) && H5Tget_size(type) <= 8 && points > 0 &&
        (uint64_t)points <= ATTRIBUTE_BYTES / sizeof *to) {
        double *values = checked_calloc((size_t)points, sizeof *values);
        if (values && H5Aread(attribute, H5T_NATIVE_DOUBLE, values) >= 0) {
            count = (size_t)points < room ? (size_t)points : room;
            memcpy(to, values, count * sizeof *to);
        }
        free(values);
    }
    hdf5_close(space);
    hdf5_close(type);
    hdf5_close(attribute);
    H5Eclear2(H5E_DEFAULT);
    return count;
}

double hdf5_real_attribute(hid_t object, const char *name)
{
    double value;
    return hdf5_real_attributes(object, name, &value, 1) ? value : (double)NAN;
}
