import type { ProductView } from "../catalogue/product-view";
import type { Page } from "../paging";
import type { CustomerDocument, CustomerView, SearchQuery } from "./documents";
import { findCustomers } from "./find-customers";
import { findProducts } from "./find-products";
import { forgetCustomer, indexCustomer } from "./index-customers";

/**
 * What the shop asks of a search. PostgreSQL answers it here; a search server would by another object of this shape, chosen in
 * `search`, and `index-user` would feed it as it feeds this one.
 */
export interface Search {
  /** Products on sale that hold every word, the best first; what resembles the words comes after what holds them. */
  products(query: SearchQuery): Promise<Page<ProductView>>;
  /** Users by name or address, by the same rule. */
  customers(query: SearchQuery): Promise<Page<CustomerView>>;
  indexCustomer(document: CustomerDocument): Promise<void>;
  forgetCustomer(id: string): Promise<void>;
}

const postgres: Search = { products: findProducts, customers: findCustomers, indexCustomer, forgetCustomer };

/** The search that is in use. */
export const search = (): Search => postgres;
