/* JSON beside a recording: *_emg.json and *_coordsystem.json. */
#include "formats/checked.h"
#include "formats/sidecar/parts.h"
#include "formats/text.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SIZE_MAX_JSON ((off_t)16 << 20)

/* Keys that make a JSON file a sidecar. */
static const char *const keys[] = {"SamplingFrequency",
                                   "PowerLineFrequency",
                                   "EMGChannelCount",
                                   "EMGReference",
                                   "EMGGround",
                                   "EMGPlacementScheme",
                                   "EMGPlacementSchemeDescription",
                                   "RecordingDuration",
                                   "RecordingType",
                                   "SoftwareFilters",
                                   "HardwareFilters",
                                   "Manufacturer",
                                   "ManufacturersModelName",
                                   "ElectrodeManufacturer",
                                   "ElectrodeManufacturersModelName",
                                   "ElectrodeMaterial",
                                   "ElectrodeType",
                                   "InterelectrodeDistance",
                                   "TaskName",
                                   "TaskDescription",
                                   "DeviceSerialNumber",
                                   "SoftwareVersions",
                                   "AmplifierType",
                                   "SkinPreparation",
                                   NULL};

/* Reads an object; *root stays NULL when the file is broken and that is a warning. */
static enum status load(struct sidecars *sidecars, const char *path, json_t **root,
                        struct error *error)
{
    struct stat about;
    json_error_t place;
    *root = NULL;
    FILE *stream = fopen(path, "rbe");
    if (!stream || fstat(fileno(stream), &about) != 0) {
        error_set(error, STATUS_FAILED, "%s: cannot be read: %s", path, strerror(errno));
    } else if (about.st_size > SIZE_MAX_JSON) {
        error_set(error, STATUS_FAILED, "%s: is larger than 16 MiB: is this a sidecar?", path);
    } else if ((*root = json_loadf(stream, JSON_REJECT_DUPLICATES, &place))) {
        /* as it should be */
    } else if (fseek(stream, 0, SEEK_SET) == 0 && !sidecars->strict &&
               (*root = json_loadf(stream, 0, NULL))) {
        /* Only duplicates were in the way, as in some published datasets. */
        warnings_add(&sidecars->warnings, "%s: line %d, column %d: %s; the last of them counts",
                     path, place.line, place.column, place.text);
    } else {
        error_set(error, STATUS_FAILED, "%s: line %d, column %d: %s; mend the JSON", path,
                  place.line, place.column, place.text);
    }
    if (*root && !json_is_object(*root)) {
        error_set(error, STATUS_FAILED, "%s: is no JSON object with names and values", path);
        json_decref(*root);
        *root = NULL;
    }
    if (stream) {
        fclose(stream);
    }
    return *root ? STATUS_OK : sidecar_broken(sidecars, error);
}

/* A positive number, also one that is written as text; 0 when there is none, and n/a. */
static enum status positive(struct sidecars *sidecars, const char *path, const json_t *root,
                            const char *key, double *value, struct error *error)
{
    const json_t *found = json_object_get(root, key);
    double number = json_is_number(found) ? json_number_value(found) : NAN;
    const char *text = json_string_value(found);
    if (!found || json_is_null(found) || (text && (strcmp(text, "n/a") == 0 || text[0] == '\0'))) {
        return STATUS_OK;
    }
    if (text && !table_parse_real(text, &number)) {
        number = NAN;
    }
    if (!(number > 0) || !isfinite(number)) {
        error_set(error, STATUS_FAILED, "%s: %s is no number above 0", path, key);
        return sidecar_broken(sidecars, error);
    }
    if (*value == 0) {
        *value = number;
    }
    return STATUS_OK;
}

/* "Delsys Trigno Galileo" */
static void name_device(struct sidecars *sidecars, const json_t *root)
{
    const char *maker = json_string_value(json_object_get(root, "Manufacturer"));
    const char *model = json_string_value(json_object_get(root, "ManufacturersModelName"));
    char text[2 * LABEL_SIZE];
    maker = maker && strcmp(maker, "n/a") != 0 ? maker : "";
    model = model && strcmp(model, "n/a") != 0 ? model : "";
    if (sidecars->device[0] == '\0') {
        snprintf(text, sizeof text, "%.95s%s%.95s", maker, maker[0] && model[0] ? " " : "", model);
        text_from_field(sidecars->device, sizeof sidecars->device, text, strlen(text));
    }
}

enum status sidecar_read_json(struct sidecars *sidecars, const char *path, bool *known,
                              struct error *error)
{
    json_t *root;
    double count = 0;
    enum status status = load(sidecars, path, &root, error);
    *known = false;
    for (size_t i = 0; root && keys[i]; i++) {
        *known = *known || json_object_get(root, keys[i]);
    }
    const struct {
        const char *key;
        double *value;
    } numbers[] = {{"SamplingFrequency", &sidecars->rate},
                   {"PowerLineFrequency", &sidecars->mains},
                   {"RecordingDuration", &sidecars->duration},
                   {"InterelectrodeDistance", &sidecars->distance}};
    for (size_t i = 0; *known && i < sizeof numbers / sizeof *numbers && status == STATUS_OK; i++) {
        status = positive(sidecars, path, root, numbers[i].key, numbers[i].value, error);
    }
    if (*known && status == STATUS_OK) {
        count = json_number_value(json_object_get(root, "EMGChannelCount"));
        if (sidecars->emg_count == 0 && count >= 1 && count <= 1e6) {
            sidecars->emg_count = (size_t)count;
        }
        name_device(sidecars, root);
    }
    json_decref(root);
    return status;
}

/* mm in a unit of coordinates; 0 when it is no length. */
static double millimetres(const json_t *system)
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"mm", 1}, {"cm", 10}, {"m", 1000}, {"um", 0.001}, {"in", 25.4}};
    const char *unit = json_string_value(json_object_get(system, "EMGCoordinateUnits"));
    unit = unit ? unit : json_string_value(json_object_get(system, "EMGCoordinateSystemUnits"));
    for (size_t i = 0; unit && i < sizeof units / sizeof *units; i++) {
        if (strcmp(unit, units[i].unit) == 0) {
            return units[i].factor;
        }
    }
    return 0;
}

static enum status add_frame(struct sidecars *sidecars, const char *name, const json_t *system,
                             struct error *error)
{
    struct sidecar_frame *grown =
        checked_realloc(sidecars->frames, sidecars->frame_count + 1, sizeof *grown);
    if (!grown) {
        return error_memory(error, "reading coordinate systems");
    }
    sidecars->frames = grown;
    struct sidecar_frame *frame = &grown[sidecars->frame_count++];
    frame->millimetres = millimetres(system);
    text_from_field(frame->name, sizeof frame->name, name, strlen(name));
    return STATUS_OK;
}

enum status sidecar_read_frames(struct sidecars *sidecars, const char *path, const char *space,
                                struct error *error)
{
    json_t *root, *system;
    const char *name;
    enum status status = load(sidecars, path, &root, error);
    if (!root) {
        return status;
    }
    if (json_object_get(root, "EMGCoordinateUnits") ||
        json_object_get(root, "EMGCoordinateSystemUnits")) {
        status = add_frame(sidecars, space, root, error);
    }
    json_object_foreach(root, name, system)
    {
        /* Systems by name; a file has a few of them. */
        if (status == STATUS_OK && json_is_object(system) && sidecars->frame_count < 256 &&
            (json_object_get(system, "EMGCoordinateUnits") ||
             json_object_get(system, "EMGCoordinateSystemUnits"))) {
            status = add_frame(sidecars, name, system, error);
        }
    }
    json_decref(root);
    return status;
}
