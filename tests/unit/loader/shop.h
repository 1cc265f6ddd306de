/* The contract of the loader's fixtures. */
#ifndef LOADER_SHOP_H
#define LOADER_SHOP_H

#include <tenon/contract.h>

#define SHOP_UNIT(V, E) V(E, SHOP_PIECE, 0) V(E, SHOP_KILO, 1)
TENON_ENUM(shop_unit, u32, SHOP_UNIT);

#define SHOP_POINT(F, T) F(T, f64, x) F(T, f64, y)
TENON_FROZEN(shop_point, SHOP_POINT);

#define SHOP_ITEM(F, T)               \
    F(T, u32, struct_size)            \
    F(T, enumerated(shop_unit), unit) \
    F(T, str, name)                   \
    F(T, array(u16, 3), codes)        \
    F(T, pad(2), reserved)            \
    F(T, nested(shop_point), place)   \
    F(T, list(str), tags)             \
    F(T, span(shop_item), parts)
TENON_APPENDABLE(shop_item, SHOP_ITEM, parts);

#define SHOP_ENUMS(E) E(shop_unit, SHOP_UNIT)
#define SHOP_STRUCTS(S) S(shop_point, SHOP_POINT) S(shop_item, SHOP_ITEM)
#define SHOP_HOOKS(H)                                            \
    H(shop, price, TENON_FILTER, tenon_none, shop_item, 50, 500) \
    H(shop, sold, TENON_NOTIFY, shop_item, tenon_none, 0, 0)
#define SHOP_TAX(M, P) M(P, rate, shop_item, shop_point)
#define SHOP_SERVICES(S) S(shop_tax, "com.example.tax/1", SHOP_TAX)
#define SHOP_CONTRACT(C) C(shop, "com.example.shop", 1, 2, 3, SHOP_ENUMS, SHOP_STRUCTS, SHOP_HOOKS, SHOP_SERVICES)
TENON_CONTRACT(SHOP_CONTRACT);

#endif
