export { StoreFrame as default } from "@/app/store-frame";
