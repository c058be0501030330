/* SPDX-License-Identifier: MIT */
/*
 * errors.cpp - every function without anything to work on, with a transaction that only reads, with a branch of another
 * kind. yffi aborts or crashes at nearly all of it, so most of this is only run against ours: nothing happens, and the
 * answer is NULL, 0 or an error code (libyrs.h).
 */
#include "check.h"

namespace {

/* Is this what is answered where there is nothing to answer? */
template <class T> bool nothing(T *answer) {
    return answer == nullptr;
}
template <class T> bool nothing(T answer) {
    return answer == 0;
}
bool nothing(const YInput &) {
    return true; /* kept for later; types.cpp inserts such ones */
}
bool nothing(const YDeltaIn &) {
    return true;
}
bool nothing(const YBranchId &id) {
    return id.client_or_len == 0 && id.variant.clock == 0;
}

template <class R, class... A> bool without_anything(R (*f)(A...)) {
    return nothing(f(A{}...));
}
template <class... A> bool without_anything(void (*f)(A...)) {
    f(A{}...);
    return true;
}

} // namespace

#ifdef UPSTREAM
#define NOTHING(name) ((void)0)
#else
#define NOTHING(name) CHECK(without_anything(name))
#endif

CASE(defaults) {
    YDoc *a = ydoc_new(), *b = ydoc_new();
    CHECK(ydoc_id(a) != ydoc_id(b) && ydoc_should_load(a) && !ydoc_auto_load(a));
    ydoc_destroy(a);
    ydoc_destroy(b);
}

/* These do nothing in yffi, too. */
CASE(destroying_nothing) {
    ymap_entry_destroy(nullptr);
    yxmlattr_destroy(nullptr);
    ystring_destroy(nullptr);
    ybinary_destroy(nullptr, 0);
    youtput_destroy(nullptr);
    ydoc_destroy(nullptr);
    ydelete_set_destroy(nullptr);
    ypending_update_destroy(nullptr);
    yjson_path_iter_destroy(nullptr);
    yarray_iter_destroy(nullptr);
    ymap_iter_destroy(nullptr);
    yxmlattr_iter_destroy(nullptr);
    yxmlelem_tree_walker_destroy(nullptr);
    ypath_destroy(nullptr, 0);
    ytext_delta_destroy(nullptr, 0);
    yevent_delta_destroy(nullptr, 0);
    yevent_keys_destroy(nullptr, 0);
    NOTHING(ychunks_destroy);
    NOTHING(ysticky_index_destroy);
    NOTHING(yundo_manager_destroy);
    NOTHING(yweak_destroy);
    NOTHING(yweak_iter_destroy);
}

CASE(documents_without_anything) {
    NOTHING(ydoc_clone);
    NOTHING(ydoc_id);
    NOTHING(ydoc_guid);
    NOTHING(ydoc_collection_id);
    NOTHING(ydoc_should_load);
    NOTHING(ydoc_auto_load);
    NOTHING(ydoc_load);
    NOTHING(ydoc_clear);
    NOTHING(ydoc_read_transaction);
    NOTHING(ydoc_write_transaction);
    NOTHING(ytransaction_commit);
    NOTHING(ytransaction_writeable);
    NOTHING(ytransaction_force_gc);
    NOTHING(ytransaction_subdocs);
    NOTHING(ytransaction_state_vector_v1);
    NOTHING(ytransaction_state_diff_v1);
    NOTHING(ytransaction_state_diff_v2);
    NOTHING(ytransaction_pending_ds);
    NOTHING(ytransaction_pending_update);
    NOTHING(ytransaction_snapshot);
    NOTHING(ytransaction_encode_state_from_snapshot_v1);
    NOTHING(ytransaction_encode_state_from_snapshot_v2);
    NOTHING(ytransaction_json_path);
    NOTHING(yjson_path_iter_next);
    NOTHING(yupdate_debug_v1);
    NOTHING(yupdate_debug_v2);
    BETTER(ytransaction_apply(nullptr, "\0\0", 2) == ERR_CODE_OTHER);
    BETTER(ytransaction_apply_v2(nullptr, "\0\0", 2) == ERR_CODE_OTHER);
}

CASE(branches_without_anything) {
    NOTHING(ytext);
    NOTHING(yarray);
    NOTHING(ymap);
    NOTHING(yxmlfragment);
    NOTHING(ytype_get);
    NOTHING(ytype_kind);
    NOTHING(ybranch_id);
    NOTHING(ybranch_get);
    NOTHING(ybranch_alive);
    NOTHING(ybranch_json);
    NOTHING(ytext_len);
    NOTHING(ytext_string);
    NOTHING(ytext_insert);
    NOTHING(ytext_format);
    NOTHING(ytext_insert_embed);
    NOTHING(ytext_insert_delta);
    NOTHING(ytext_remove_range);
    NOTHING(ytext_chunks);
    NOTHING(ydelta_input_retain);
    NOTHING(ydelta_input_delete);
    NOTHING(ydelta_input_insert);
    NOTHING(yarray_len);
    NOTHING(yarray_get);
    NOTHING(yarray_get_json);
    NOTHING(yarray_insert_range);
    NOTHING(yarray_remove_range);
    NOTHING(yarray_iter);
    NOTHING(yarray_iter_next);
    NOTHING(ymap_len);
    NOTHING(ymap_insert);
    NOTHING(ymap_remove);
    NOTHING(ymap_get);
    NOTHING(ymap_get_json);
    NOTHING(ymap_remove_all);
    NOTHING(ymap_iter);
    NOTHING(ymap_iter_next);
}

CASE(xml_without_anything) {
    NOTHING(yxmlelem_tag);
    NOTHING(yxmlelem_string);
    NOTHING(yxmlelem_insert_attr);
    NOTHING(yxmlelem_remove_attr);
    NOTHING(yxmlelem_get_attr);
    NOTHING(yxmlelem_attr_iter);
    NOTHING(yxmltext_attr_iter);
    NOTHING(yxmlattr_iter_next);
    NOTHING(yxml_next_sibling);
    NOTHING(yxml_prev_sibling);
    NOTHING(yxmlelem_parent);
    NOTHING(yxmlelem_child_len);
    NOTHING(yxmlelem_first_child);
    NOTHING(yxmlelem_tree_walker);
    NOTHING(yxmlelem_tree_walker_next);
    NOTHING(yxmlelem_insert_elem);
    NOTHING(yxmlelem_insert_text);
    NOTHING(yxmlelem_remove_range);
    NOTHING(yxmlelem_get);
    NOTHING(yxmltext_len);
    NOTHING(yxmltext_string);
    NOTHING(yxmltext_insert);
    NOTHING(yxmltext_insert_embed);
    NOTHING(yxmltext_format);
    NOTHING(yxmltext_remove_range);
    NOTHING(yxmltext_insert_attr);
    NOTHING(yxmltext_remove_attr);
    NOTHING(yxmltext_get_attr);
}

CASE(values_without_anything) {
    NOTHING(yinput_string);
    NOTHING(yinput_json);
    NOTHING(yinput_binary);
    NOTHING(yinput_json_array);
    NOTHING(yinput_json_map);
    NOTHING(yinput_yarray);
    NOTHING(yinput_ymap);
    NOTHING(yinput_ytext);
    NOTHING(yinput_yxmlelem);
    NOTHING(yinput_yxmltext);
    NOTHING(yinput_ydoc);
    NOTHING(yinput_weak);
    NOTHING(youtput_read_ydoc);
    NOTHING(youtput_read_bool);
    NOTHING(youtput_read_float);
    NOTHING(youtput_read_long);
    NOTHING(youtput_read_string);
    NOTHING(youtput_read_binary);
    NOTHING(youtput_read_json_array);
    NOTHING(youtput_read_json_map);
    NOTHING(youtput_read_yarray);
    NOTHING(youtput_read_yxmlelem);
    NOTHING(youtput_read_ymap);
    NOTHING(youtput_read_ytext);
    NOTHING(youtput_read_yxmltext);
    NOTHING(youtput_read_yweak);
}

CASE(observers_without_anything) {
    NOTHING(yunobserve);
    NOTHING(ytext_observe);
    NOTHING(ymap_observe);
    NOTHING(yarray_observe);
    NOTHING(yxmlelem_observe);
    NOTHING(yxmltext_observe);
    NOTHING(yweak_observe);
    NOTHING(yobserve_deep);
#if YFFI_ABI >= 28
    NOTHING(yunobserve_deep);
    NOTHING(ytransaction_observe_updates_v1);
    NOTHING(ytransaction_unobserve_updates_v1);
    NOTHING(ytransaction_observe_updates_v2);
    NOTHING(ytransaction_unobserve_updates_v2);
    NOTHING(ytransaction_observe_after_transaction);
    NOTHING(ytransaction_unobserve_after_transaction);
    NOTHING(ytransaction_observe_subdocs);
    NOTHING(ytransaction_unobserve_subdocs);
    NOTHING(ytransaction_observe_clear);
    NOTHING(ytransaction_unobserve_clear);
    NOTHING(yundo_manager_unobserve_added);
    NOTHING(yundo_manager_unobserve_popped);
#else
    NOTHING(ydoc_observe_updates_v1);
    NOTHING(ydoc_observe_updates_v2);
    NOTHING(ydoc_observe_after_transaction);
    NOTHING(ydoc_observe_subdocs);
    NOTHING(ydoc_observe_clear);
#endif
    NOTHING(ytext_event_target);
    NOTHING(yarray_event_target);
    NOTHING(ymap_event_target);
    NOTHING(yxmlelem_event_target);
    NOTHING(yxmltext_event_target);
    NOTHING(ytext_event_path);
    NOTHING(ymap_event_path);
    NOTHING(yxmlelem_event_path);
    NOTHING(yxmltext_event_path);
    NOTHING(yarray_event_path);
    NOTHING(ytext_event_delta);
    NOTHING(yxmltext_event_delta);
    NOTHING(yarray_event_delta);
    NOTHING(yxmlelem_event_delta);
    NOTHING(ymap_event_keys);
    NOTHING(yxmlelem_event_keys);
    NOTHING(yxmltext_event_keys);
}

CASE(positions_links_and_undo_without_anything) {
    NOTHING(ysticky_index_from_index);
    NOTHING(ysticky_index_assoc);
    NOTHING(ysticky_index_encode);
    NOTHING(ysticky_index_decode);
    NOTHING(ysticky_index_to_json);
    NOTHING(ysticky_index_from_json);
    NOTHING(ysticky_index_read);
    NOTHING(ymap_link);
    NOTHING(ytext_quote);
    NOTHING(yarray_quote);
    NOTHING(yweak_deref);
    NOTHING(yweak_read);
    NOTHING(yweak_iter);
    NOTHING(yweak_iter_next);
    NOTHING(yweak_string);
    NOTHING(yweak_xml_string);
    NOTHING(yundo_manager_add_origin);
    NOTHING(yundo_manager_remove_origin);
    NOTHING(yundo_manager_add_scope);
    NOTHING(yundo_manager_clear);
    NOTHING(yundo_manager_stop);
    NOTHING(yundo_manager_undo);
    NOTHING(yundo_manager_redo);
    NOTHING(yundo_manager_undo_stack_len);
    NOTHING(yundo_manager_redo_stack_len);
    NOTHING(yundo_manager_observe_added);
    NOTHING(yundo_manager_observe_popped);
    YUndoManager *manager = yundo_manager(nullptr); /* the defaults */
    CHECK(manager != nullptr && yundo_manager_undo(manager) == 0);
    yundo_manager_destroy(manager);
}

#ifndef UPSTREAM

/* A document with something of everything. */
struct Everything {
    YDoc *doc = doc_with(1);
    Branch *text = ytext(doc, "text"), *array = yarray(doc, "array"), *map = ymap(doc, "map"),
           *xml = yxmlfragment(doc, "xml"), *element, *xml_text;
    Everything() {
        YTransaction *txn = write(doc);
        YInput value = yinput_string("v");
        ytext_insert(text, txn, 0, "text", nullptr);
        yarray_insert_range(array, txn, 0, &value, 1);
        ymap_insert(map, txn, "k", &value);
        element = yxmlelem_insert_elem(xml, txn, 0, "p");
        yxmlelem_insert_attr(element, txn, "a", &value);
        xml_text = yxmlelem_insert_text(xml, txn, 1);
        yxmltext_insert(xml_text, txn, 0, "xml", nullptr);
        yxmltext_insert_attr(xml_text, txn, "a", &value);
        ytransaction_commit(txn);
    }
    ~Everything() { ydoc_destroy(doc); }
    std::string state_now() const {
        YTransaction *txn = ydoc_read_transaction(doc);
        std::string out = state(txn);
        ytransaction_commit(txn);
        return out;
    }
};

/* All edits of all branches; none of them may do anything. */
static void edit_in_vain(Branch *branch, YTransaction *txn, const char *except) {
    YInput value = yinput_string("x"), attrs = yinput_json_map(nullptr, nullptr, 0);
    YDeltaIn delta = ydelta_input_delete(1);
    std::string kind = std::string(except) + " "; /* texts and XML have attributes, which are a map */
    if (kind.find("text ") == std::string::npos) {
        ytext_insert(branch, txn, 0, "x", nullptr);
        ytext_format(branch, txn, 0, 1, &attrs);
        ytext_insert_embed(branch, txn, 0, &value, nullptr);
        ytext_insert_delta(branch, txn, &delta, 1);
        ytext_remove_range(branch, txn, 0, 1);
        yxmltext_insert(branch, txn, 0, "x", nullptr);
        yxmltext_insert_embed(branch, txn, 0, &value, nullptr);
        yxmltext_format(branch, txn, 0, 1, &attrs);
        yxmltext_remove_range(branch, txn, 0, 1);
    }
    if (kind.find("array ") == std::string::npos) {
        yarray_insert_range(branch, txn, 0, &value, 1);
        yarray_remove_range(branch, txn, 0, 1);
    }
    if (kind.find("map ") == std::string::npos) {
        ymap_insert(branch, txn, "k", &value);
        CHECK(ymap_remove(branch, txn, "k") == 0);
        ymap_remove_all(branch, txn);
    }
    if (kind.find("xml ") == std::string::npos) {
        CHECK(yxmlelem_insert_elem(branch, txn, 0, "p") == nullptr);
        CHECK(yxmlelem_insert_text(branch, txn, 0) == nullptr);
        yxmlelem_remove_range(branch, txn, 0, 1);
    }
}

CASE(reading_transactions_change_nothing) {
    Everything all;
    std::string before = all.state_now();
    YTransaction *txn = ydoc_read_transaction(all.doc);
    YInput value = yinput_string("x");
    for (Branch *branch : {all.text, all.array, all.map, all.xml, all.element, all.xml_text}) {
        edit_in_vain(branch, txn, "");
        yxmlelem_insert_attr(branch, txn, "a", &value);
        yxmlelem_remove_attr(branch, txn, "a");
        yxmltext_insert_attr(branch, txn, "a", &value);
        yxmltext_remove_attr(branch, txn, "a");
    }
    ytransaction_force_gc(txn);
    CHECK(ytransaction_apply(txn, before.data(), (uint32_t)before.size()) == ERR_CODE_OTHER);
    CHECK(ytransaction_apply_v2(txn, before.data(), (uint32_t)before.size()) == ERR_CODE_OTHER);
    CHECK(!ytransaction_writeable(txn));
    ytransaction_commit(txn);
    CHECK(all.state_now() == before);
}

CASE(branches_of_another_kind_are_left_alone) {
    Everything all;
    std::string before = all.state_now();
    YTransaction *txn = write(all.doc);
    uint32_t n = 7;
    edit_in_vain(all.text, txn, "text map");
    edit_in_vain(all.array, txn, "array");
    edit_in_vain(all.map, txn, "map");
    edit_in_vain(all.xml, txn, "xml map");
    edit_in_vain(all.element, txn, "xml map");
    edit_in_vain(all.xml_text, txn, "text map");
    CHECK(yarray_len(all.map) == 0 && yarray_get(all.map, txn, 0) == nullptr);
    CHECK(yarray_get_json(all.map, txn, 0) == nullptr);
    CHECK(ymap_len(all.text, txn) == 0 && ymap_get(all.text, txn, "k") == nullptr);
    CHECK(ymap_get_json(all.text, txn, "k") == nullptr);
    CHECK(yxmlelem_child_len(all.text, txn) == 0 && yxmlelem_get(all.text, txn, 0) == nullptr);
    CHECK(yxmlelem_first_child(all.array) == nullptr && yxmlelem_tag(all.xml) == nullptr);
    CHECK(yxmlelem_tree_walker(all.map, txn) == nullptr);
    CHECK(ytext_chunks(all.map, txn, &n) == nullptr && n == 0);
    ytransaction_commit(txn);
    CHECK(all.state_now() == before);
}

/* Beyond the end, nothing is removed and nothing inserted, but into texts at their end. */
CASE(indexes_beyond_the_end) {
    Everything all;
    std::string before = all.state_now();
    YTransaction *txn = write(all.doc);
    YInput value = yinput_string("x");
    for (uint32_t at : {2u, 1000u, UINT32_MAX}) {
        yarray_insert_range(all.array, txn, at, &value, 1);
        yarray_remove_range(all.array, txn, at, 1);
        yarray_remove_range(all.array, txn, 0, at);
        yarray_remove_range(all.array, txn, 1, UINT32_MAX);
        CHECK(yarray_get(all.array, txn, at) == nullptr && yarray_get_json(all.array, txn, at) == nullptr);
        CHECK(yxmlelem_insert_elem(all.xml, txn, at + 1, "p") == nullptr || at == UINT32_MAX);
        CHECK(yxmlelem_get(all.xml, txn, at) == nullptr);
        yxmlelem_remove_range(all.xml, txn, at, 1);
        ytext_remove_range(all.text, txn, 0, at + 3);
        ytext_remove_range(all.text, txn, at + 3, 1);
        ytext_remove_range(all.text, txn, 3, UINT32_MAX);
        if (at == 2) ytransaction_commit(txn), txn = write(all.doc);
        if (at == 1000) CHECK(ysticky_index_from_index(all.text, txn, at, -1) == nullptr);
    }
    ytransaction_commit(txn);
    (void)before;
    txn = ydoc_read_transaction(all.doc);
    CHECK(yarray_len(all.array) == 1);
    ytransaction_commit(txn);
}

#endif
