/*
 * Image references in the grammar of Docker's registry:
 * [host[:port]/]path[:tag][@algorithm:hex]. Pure.
 */
#ifndef LIFTOFF_IMAGE_REF_H
#define LIFTOFF_IMAGE_REF_H

#include <stdbool.h>

bool image_ref_is_valid(const char *text);
/* A reference without tag and digest: what images can be found below. */
bool image_ref_is_repository(const char *text);
/* With false, the engine would take the tag "latest". The text must be valid. */
bool image_ref_has_tag(const char *text);

/*
 * The release series that the tag of an image names: "7.0" for "mongo:7.0.14"
 * or "mongodb/mongodb-community-server:7.0-ubi8". False if it names none.
 */
bool image_ref_series(const char *text, unsigned *major, unsigned *minor);

#endif
